using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using RnnServe.Inference.Batching;
using RnnServe.Inference.Models;
using RnnServe.Inference.Tasks;
using RnnServe.OnnxRuntime;
using RnnServe.Server.Options;

namespace RnnServe.Server.Catalog;

/// <summary>Loads every model in the background while the server already answers; a bad one never stops the others.</summary>
internal sealed partial class ModelLoader(
    ModelCatalog catalog, ModelFolders folders, IOptions<BatchingOptions> batching, IOptions<ThreadingOptions> threading, ILogger<ModelLoader> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var names = folders.Names(out var fault);
        if (fault is not null)
            LogNoModels(fault);

        foreach (var name in names)
            catalog.Set(new CatalogEntry(name));

        foreach (var name in names)
        {
            stoppingToken.ThrowIfCancellationRequested();
            catalog.Set(await LoadAsync(name, stoppingToken));
        }

        catalog.Settle(fault);
    }

    /// <summary>The highest valid version; the reason names what is wrong with each higher one.</summary>
    private async Task<CatalogEntry> LoadAsync(string name, CancellationToken stopping)
    {
        var versions = folders.Versions(name);
        if (versions.Count == 0)
            return Failed(name, null, "The folder has no version folder, which is named by a positive integer and holds model.json.");

        var reasons = new List<string>();
        foreach (var version in versions)
        {
            try
            {
                var clock = Stopwatch.StartNew();
                var entry = await OpenAsync(name, version, stopping);
                LogReady(name, version, entry.Pair, clock.ElapsedMilliseconds);
                return entry with { Reason = reasons.Count > 0 ? string.Join(" ", reasons) : null };
            }
            catch (Exception e) when (e is ModelBundleException or OnnxRuntimeException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                reasons.Add($"Version {version}: {e.Message}");
                LogFailed(name, version, e.Message);
            }
        }

        return Failed(name, versions[0], string.Join(" ", reasons));
    }

    private async Task<CatalogEntry> OpenAsync(string name, int version, CancellationToken stopping)
    {
        var bundle = ModelBundle.Load(folders.Path(name, version));
        if (bundle.Manifest.Name != name)
            throw new ModelBundleException("model.json", "name", $"'{bundle.Manifest.Name}'", $"'{name}', the name of its folder");

        // Several workers share a session, each on its own core: 1; more threads come from one pool for all models: 0.
        var sessions = new ModelSessions(bundle, new SessionOptions { IntraOpThreads = threading.Value.IntraOpThreads == 1 ? 1 : 0 });
        var translator = new Translator(sessions, batching.Value);
        try
        {
            await CheckCanaryAsync(translator, bundle.Manifest.Canary, stopping);
            return new CatalogEntry(name) { Version = version, State = ModelState.Ready, Manifest = bundle.Manifest, Translator = translator };
        }
        catch
        {
            await translator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Also warms the model up: the first run of a graph allocates its arena.</summary>
    private static async Task CheckCanaryAsync(Translator translator, CanaryManifest? canary, CancellationToken stopping)
    {
        if (canary is null)
            return;

        var answers = await translator.TranslateAsync([canary.Input], new TranslationOptions(), stopping);
        if (answers[0].Text != canary.Expected)
            throw new ModelBundleException("model.json", "canary", $"the answer '{answers[0].Text}'", $"'{canary.Expected}'");
    }

    private CatalogEntry Failed(string name, int? version, string reason)
    {
        if (version is null)
            LogFailed(name, 0, reason);

        return new CatalogEntry(name) { Version = version, State = ModelState.Failed, Reason = reason };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Name} version {Version} ({Pair}) is ready after {Milliseconds} ms.")]
    private partial void LogReady(string name, int version, string pair, long milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Name} version {Version} is not served: {Reason}")]
    private partial void LogFailed(string name, int version, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "No model is served: {Reason}")]
    private partial void LogNoModels(string reason);
}
