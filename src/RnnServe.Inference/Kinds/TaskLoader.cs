using RnnServe.Inference.Bundles;
using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds;

/// <summary>Makes a bundle answer: loads it, starts its workers and tries its canary.</summary>
public static class TaskLoader
{
    /// <summary>Loads a bundle of any task.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="options">Which graphs, and how to open them; null: the defaults.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <returns>A <see cref="Translator"/> or a <see cref="Captioner"/>.</returns>
    /// <exception cref="ModelBundleException">Something is missing, damaged, contradicts the manifest or answers the canary
    /// wrongly.</exception>
    public static Task<LoadedModel> LoadAsync(
        string folder,
        BatchingOptions batching,
        LoadOptions? options = null,
        CancellationToken cancellation = default) =>
        StartAsync(ModelBundle.Load(folder), batching, options ?? new(), cancellation);

    /// <summary>Loads a bundle of one task.</summary>
    internal static async Task<LoadedModel> LoadAsync(
        string task,
        string folder,
        BatchingOptions batching,
        LoadOptions? options,
        CancellationToken cancellation)
    {
        var bundle = ModelBundle.Load(folder);
        return bundle.Manifest.Task == task
            ? await StartAsync(bundle, batching, options ?? new(), cancellation).ConfigureAwait(false)
            : throw new ModelBundleException(ManifestJson.FileName, "task", $"'{bundle.Manifest.Task}'", $"'{task}'");
    }

    private static async Task<LoadedModel> StartAsync(
        ModelBundle bundle, BatchingOptions batching, LoadOptions options, CancellationToken cancellation)
    {
        if (bundle.Manifest.Task == ModelTask.Caption)
            LoadImageLibrary();
        var precision = options.Precision is { } wanted && bundle.Manifest.Graphs.Of(wanted) is not null ? wanted : null;
        var sessions = ModelSessions.Load(bundle, options.Sessions, precision);
        LoadedModel model;
        try
        {
            model = bundle.Manifest.Task == ModelTask.Caption
                ? new Captioner(sessions, batching, options.Images)
                : new Translator(sessions, batching);
        }
        catch
        {
            sessions.Dispose();
            throw;
        }

        try
        {
            await model.CheckCanaryAsync(cancellation).ConfigureAwait(false);
            return model;
        }
        catch
        {
            await model.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Without it no image can be read: the model is not served, instead of failing each request. Where it was looked for is the
    /// operator's business alone.</summary>
    private static void LoadImageLibrary()
    {
        try
        {
            VipsLibrary.Load();
        }
        catch (DllNotFoundException error)
        {
            throw new ModelBundleException("libvips", "", "no library that loads", "the one that the build puts beside the program", error);
        }
    }
}
