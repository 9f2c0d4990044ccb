using System.Collections.Concurrent;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Catalog;

/// <summary>Loads, replaces and unloads models, each one step at a time. Thread-safe.</summary>
internal sealed partial class ModelLifeCycle(
    ModelCatalog catalog,
    ModelFolders folders,
    VersionChooser versions,
    IOptions<ModelsOptions> models,
    IOptions<LimitsOptions> limits,
    ILogger<ModelLifeCycle> logger)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> gates = new();

    /// <summary>Shares of newest versions that were asked for since the start.</summary>
    private readonly ConcurrentDictionary<string, int> shares = new();

    /// <summary>Brings a model up to what its folder has. Whatever is wrong with it, what answers goes on answering.</summary>
    /// <param name="name">Name of a folder.</param>
    /// <param name="stop">Ends the work.</param>
    public async Task FollowAsync(string name, CancellationToken stop)
    {
        using var turn = await TurnAsync(name, stop);
        var before = catalog.Find(name) ?? new CatalogEntry(name) { CameLater = catalog.Settled.IsCompleted };
        if (before.State == ModelState.Unloaded)
            return;

        // Where no folder can be read, nobody took this one away.
        if (before.Handle is null && !folders.Names(out var fault).Contains(name) && fault is null)
            await catalog.Remove(name);
        else
            _ = catalog.Set(await ChosenAsync(before, stop));       // drained in its own time
    }

    /// <summary>Loads the newest version of a model's folder, and gives it the place of the one that answers.</summary>
    /// <param name="name">Name of a folder.</param>
    /// <param name="share">Percent of the requests for the newest version from now on; null: as before.</param>
    /// <param name="stop">Ends the work, and the wait for what was replaced.</param>
    /// <returns>What answers now; what it replaced is drained and its memory given back.</returns>
    /// <exception cref="ApiException">404: there is no such folder; 409: its newest version is invalid, and nothing has changed; 503: the
    /// models are loading.</exception>
    public async Task<CatalogEntry> ReloadAsync(string name, int? share, CancellationToken stop)
    {
        CheckSettled();
        if (!folders.Names(out _).Contains(name))
            throw NoFolder(name, catalog.Find(name));
        using var turn = await TurnAsync(name, stop);
        var before = catalog.Find(name) ?? new CatalogEntry(name) { CameLater = true };
        CatalogEntry after;
        try
        {
            after = await versions.RenewAsync(before, share ?? ShareOf(name), stop);
        }
        catch (Exception invalid) when (invalid is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _ = catalog.Set(Refused(before, invalid.Message));
            throw new ApiException(StatusCodes.Status409Conflict, Sentence(before, invalid.Message));
        }

        if (share is { } asked)
            shares[name] = asked;
        var drained = catalog.Set(after);
        turn.Dispose();     // who still uses what was replaced keeps no other version from coming
        await drained.WaitAsync(stop);
        return after;
    }

    /// <summary>Takes a model out of service; only a reload brings it back.</summary>
    /// <param name="name">Name of a model.</param>
    /// <param name="stop">Ends the wait for its requests.</param>
    /// <returns>What is left of it; its requests are done and its memory is given back.</returns>
    /// <exception cref="ApiException">404: there is no such model; 503: the models are loading.</exception>
    public async Task<CatalogEntry> UnloadAsync(string name, CancellationToken stop)
    {
        CheckSettled();
        if (catalog.Find(name) is null)
            throw ModelPicker.NoSuchModel("name", name, catalog.Entries);
        using var turn = await TurnAsync(name, stop);
        var before = catalog.Find(name) ?? new CatalogEntry(name);
        var after = new CatalogEntry(name) { State = ModelState.Unloaded, CameLater = before.CameLater };
        var drained = catalog.Set(after);
        if (before.State != ModelState.Unloaded)
            LogUnloaded(name);
        turn.Dispose();
        await drained.WaitAsync(stop);
        return after;
    }

    private async Task<CatalogEntry> ChosenAsync(CatalogEntry before, CancellationToken stop)
    {
        try
        {
            return await versions.ChooseAsync(before, ShareOf(before.Name), stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (before.Reason != e.Message)
                LogFailed(before.Name, e.Message);
            return Refused(before, e.Message);
        }
    }

    /// <summary>A model that answers goes on, and one that was unloaded stays so; the reason is shown.</summary>
    private static CatalogEntry Refused(CatalogEntry before, string reason) => before with
    {
        State = before.State == ModelState.Loading ? ModelState.Failed : before.State,
        Reason = reason,
    };

    private static string Sentence(CatalogEntry before, string reason) => before.State == ModelState.Ready
        ? $"The model '{before.Name}' is not replaced; version {before.Version} goes on answering. {reason}"
        : $"The model '{before.Name}' is not loaded. {reason}";

    private static ApiException NoFolder(string name, CatalogEntry? before)
    {
        string kept = before?.State == ModelState.Ready ? $"; version {before.Version}, which is loaded, goes on answering" : "";
        return ApiException.ForField(
            "name", $"The models folder has no model {Refusals.Quote(name)}{kept}.", StatusCodes.Status404NotFound);
    }

    private int ShareOf(string name) => shares.TryGetValue(name, out int asked) ? asked : models.Value.ShareOf(name);

    private void CheckSettled()
    {
        if (!catalog.Settled.IsCompleted)
            throw ApiException.Unavailable("The models are loading.", limits.Value);
    }

    private async Task<Turn> TurnAsync(string name, CancellationToken stop)
    {
        var gate = gates.GetOrAdd(name, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(stop);
        return new Turn(gate);
    }

    [LoggerMessage(EventId = 12, Level = LogLevel.Error, Message = "Model {Name} is not served: {Reason}")]
    private partial void LogFailed(string name, string reason);

    [LoggerMessage(EventId = 13, Level = LogLevel.Information, Message = "Model {Name} is unloaded.")]
    private partial void LogUnloaded(string name);

    private sealed class Turn(SemaphoreSlim? gate) : IDisposable
    {
        public void Dispose() => Interlocked.Exchange(ref gate, null)?.Release();
    }
}
