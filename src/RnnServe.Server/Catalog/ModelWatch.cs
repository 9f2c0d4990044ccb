using RnnServe.Server.Settings;

namespace RnnServe.Server.Catalog;

/// <summary>Looks at the models folder now and then, and has what changed loaded once it rests.</summary>
/// <remarks>It looks instead of being told: network volumes and folders that a container shares with its host tell of no
/// change.</remarks>
internal sealed class ModelWatch(
    ModelCatalog catalog, ModelFolders folders, ModelLifeCycle lifeCycle, IOptions<ModelsOptions> options, TimeProvider time)
    : BackgroundService
{
    /// <summary>How each folder was at the last look, and when it was last acted on.</summary>
    private readonly Dictionary<string, string> seen = [], followed = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Watch)
            return;
        try
        {
            await catalog.Settled.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.WatchSeconds), time);
            do
                await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>A folder that is the same in two looks is complete, as far as anybody can tell: its hashes are checked besides. The first
    /// time every model is followed, as its folder may have changed since it was loaded.</summary>
    private async Task LookAsync(CancellationToken stop)
    {
        foreach (string name in folders.Names(out _).Union(catalog.Entries.Select(entry => entry.Name)))
        {
            string state = folders.StateOf(name);
            bool rests = seen.GetValueOrDefault(name) == state;
            seen[name] = state;
            if (!rests || followed.GetValueOrDefault(name) == state)
                continue;
            followed[name] = state;
            await lifeCycle.FollowAsync(name, stop);
        }
    }
}
