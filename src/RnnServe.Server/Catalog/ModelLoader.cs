using System.Diagnostics;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Catalog;

/// <summary>Loads every model in the background while the server already answers; a bad one never stops the others.</summary>
internal sealed partial class ModelLoader(
    ModelCatalog catalog,
    ModelFolders folders,
    IReadOnlyList<ModelKind> kinds,
    IOptions<ModelsOptions> models,
    WorkerPool pool,
    ExecutionOptions execution,
    IOptions<LimitsOptions> limits,
    ILogger<ModelLoader> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var names = folders.Names(out string? fault);
        if (fault is not null)
            LogNoModels(fault, string.Join(", ", folders.Places));

        foreach (string name in names)
            await catalog.Set(new CatalogEntry(name));

        // Side by side, one for each core: most of the time goes into opening graphs, which takes one thread each.
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stoppingToken };
        await Parallel.ForEachAsync(names, sideBySide, async (name, stopping) => await catalog.Set(await LoadAsync(name, stopping)));

        catalog.Settle(fault);
    }

    /// <summary>Whatever is wrong with one folder, the others must serve; the reason is kept and shown.</summary>
    private async Task<CatalogEntry> LoadAsync(string name, CancellationToken stopping)
    {
        try
        {
            return ModelBundle.Versions(folders.Of(name)) is { Count: > 0 } versions
                ? await LoadHighestAsync(name, versions, stopping)
                : throw new InvalidDataException(
                    "The folder has no version folder: one named by a positive integer that holds model.json.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(name, 0, e.Message);
            return new CatalogEntry(name) { State = ModelState.Failed, Reason = e.Message };
        }
    }

    /// <summary>The highest valid version; the reason names what is wrong with each higher one.</summary>
    private async Task<CatalogEntry> LoadHighestAsync(
        string name, IReadOnlyList<(int Version, string Folder)> versions, CancellationToken stopping)
    {
        var reasons = new List<string>();
        foreach (var (version, folder) in versions)
        {
            try
            {
                var clock = Stopwatch.StartNew();
                var entry = await OpenAsync(name, folder, stopping);
                LogReady(name, version, entry.Pair, clock.ElapsedMilliseconds);
                return entry with { Version = version, Reason = reasons.Count > 0 ? string.Join(" ", reasons) : null };
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                reasons.Add($"Version {version}: {e.Message}");
                LogFailed(name, version, e.Message);
            }
        }

        return new CatalogEntry(name) { Version = versions[0].Version, State = ModelState.Failed, Reason = string.Join(" ", reasons) };
    }

    private async Task<CatalogEntry> OpenAsync(string name, string folder, CancellationToken stopping)
    {
        var options = new LoadOptions
        {
            Sessions = execution,
            Images = new() { MaxPixels = limits.Value.MaxPixels },
            ImageCacheBytes = limits.Value.ImageCacheBytes,
            Precision = models.Value.Precision,
        };
        var model = await KindLoader.LoadAsync(folder, pool, options, stopping);
        var manifest = model.Bundle.Manifest;
        if (manifest.Name == name)
        {
            var kind = kinds.Single(k => k.Task == manifest.Task);
            return new CatalogEntry(name) { State = ModelState.Ready, Handle = new ModelHandle(model), Kind = kind };
        }

        await model.DisposeAsync();
        throw new ModelBundleException("model.json", "name", $"'{manifest.Name}'", $"'{name}', the name of its folder");
    }

    [LoggerMessage(
        EventId = 3, Level = LogLevel.Information, Message = "Model {Name} version {Version} ({Pair}) is ready after {Milliseconds} ms.")]
    private partial void LogReady(string name, int version, string pair, long milliseconds);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "Model {Name} version {Version} is not served: {Reason}")]
    private partial void LogFailed(string name, int version, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "No model is served: {Reason} Looked in: {Places}.")]
    private partial void LogNoModels(string reason, string places);
}
