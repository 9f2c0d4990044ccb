using RnnServe.Inference.Bundles;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds;

/// <summary>Makes a bundle answer: opens it, whatever its kind, and tries its canary.</summary>
public static class KindLoader
{
    /// <summary>Loads a bundle whose jobs share the workers with those of other models.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="pool">The workers; it must outlive the model.</param>
    /// <param name="options">Which graphs, and how to open them; null: the defaults.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged, contradicts the manifest or answers the canary
    /// wrongly.</exception>
    public static Task<IModel> LoadAsync(
        string folder, WorkerPool pool, LoadOptions? options = null, CancellationToken cancellation = default) =>
        StartAsync(BundleReader.Load(folder), pool, options ?? new(), cancellation);

    /// <summary>Loads a bundle of one kind with workers of its own.</summary>
    /// <typeparam name="T">What a model of the kind is.</typeparam>
    /// <param name="kind">The kind; null for any.</param>
    /// <param name="folder">The version's folder.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="options">Which graphs, and how to open them; null: the defaults.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <inheritdoc cref="LoadAsync(string, WorkerPool, LoadOptions?, CancellationToken)" path="/exception"/>
    internal static async Task<T> LoadAsync<T>(
        ModelKind? kind, string folder, BatchingOptions batching, LoadOptions? options = null, CancellationToken cancellation = default)
        where T : class, IModel
    {
        var bundle = BundleReader.Load(folder);
        if (kind is not null && bundle.Manifest.Task != kind.Task)
            throw new ModelBundleException(ManifestJson.FileName, "task", $"'{bundle.Manifest.Task}'", $"'{kind.Task}'");
        var pool = new WorkerPool(batching);
        try
        {
            var model = await StartAsync(bundle, pool, options ?? new(), cancellation).ConfigureAwait(false);
            ((QueuedModel)model).OwnPool = pool;
            return (T)model;
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<IModel> StartAsync(ModelBundle bundle, WorkerPool pool, LoadOptions options, CancellationToken cancellation)
    {
        if (options.Precision is { } wanted && bundle.Manifest.Graphs.Of(wanted) is null)
            options = options with { Precision = null };
        var model = ModelKinds.Find(bundle.Manifest.Task)!.Open(bundle, options, pool);
        try
        {
            await Canary.CheckAsync(model, cancellation).ConfigureAwait(false);
            await Canary.WarmUpAsync(model, options.WarmUps, cancellation).ConfigureAwait(false);
            return model;
        }
        catch
        {
            await model.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
