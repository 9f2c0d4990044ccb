using System.Diagnostics;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Catalog;

/// <summary>Opens a version's folder: checks its files, opens its graphs, and tries its canary.</summary>
internal sealed partial class VersionOpener(
    IOptions<ModelsOptions> models,
    WorkerPool pool,
    ExecutionOptions execution,
    IOptions<LimitsOptions> limits,
    IReadOnlyList<ModelKind> kinds,
    ILogger<VersionOpener> logger)
{
    /// <summary>Rounds of the canary over all workers: the first finds the memory that the others use.</summary>
    private const int WarmUpRounds = 2;

    /// <param name="name">Name of the model.</param>
    /// <param name="version">The version.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="warm">Whether every worker runs it before it answers requests: where another version would be the quicker one.</param>
    /// <param name="stop">Ends the canary's run.</param>
    /// <exception cref="ModelBundleException">It is none that can answer.</exception>
    public async Task<ServedVersion> OpenAsync(string name, int version, string folder, bool warm, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        RequestOrigin.Source = null;        // the canary is nobody's, though somebody asked for the reload
        var options = new LoadOptions
        {
            Sessions = execution,
            Images = new() { MaxPixels = limits.Value.MaxPixels },
            ImageCacheBytes = limits.Value.ImageCacheBytes,
            Precision = models.Value.Precision,
            WarmUps = warm ? pool.Workers * WarmUpRounds : 0,
        };
        var model = await KindLoader.LoadAsync(folder, pool, options, stop);
        var manifest = model.Bundle.Manifest;
        if (manifest.Name != name)
        {
            await model.DisposeAsync();
            throw new ModelBundleException("model.json", "name", $"'{manifest.Name}'", $"'{name}', the name of its folder");
        }

        LogReady(name, version, KindOf(model).Pair(manifest.Languages.Source, manifest.Languages.Target), clock.ElapsedMilliseconds);
        return new(version, new ModelHandle(model));
    }

    /// <summary>What a model does.</summary>
    public ModelKind KindOf(IModel model) => kinds.Single(kind => kind.Task == model.Bundle.Manifest.Task);

    [LoggerMessage(
        EventId = 3, Level = LogLevel.Information, Message = "Model {Name} version {Version} ({Pair}) is ready after {Milliseconds} ms.")]
    private partial void LogReady(string name, int version, string pair, long milliseconds);
}
