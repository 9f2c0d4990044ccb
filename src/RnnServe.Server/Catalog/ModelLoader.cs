namespace RnnServe.Server.Catalog;

/// <summary>Loads every model in the background while the server already answers; a bad one never stops the others.</summary>
internal sealed partial class ModelLoader(
    ModelCatalog catalog, ModelFolders folders, ModelLifeCycle lifeCycle, ILogger<ModelLoader> logger) : BackgroundService
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
        await Parallel.ForEachAsync(names, sideBySide, async (name, stopping) => await lifeCycle.FollowAsync(name, stopping));

        catalog.Settle(fault);
    }

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "No model is served: {Reason} Looked in: {Places}.")]
    private partial void LogNoModels(string reason, string places);
}
