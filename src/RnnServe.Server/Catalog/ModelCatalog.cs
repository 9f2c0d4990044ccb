namespace RnnServe.Server.Catalog;

/// <summary>The models of this server and the state of each. Thread-safe; owns the models.</summary>
internal sealed class ModelCatalog : IAsyncDisposable
{
    private readonly Lock changing = new();
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<CatalogEntry> entries = [];
    private string? fault;

    /// <summary>All models by name, loaded or not.</summary>
    public IReadOnlyList<CatalogEntry> Entries => entries;

    /// <summary>The models that can do something now.</summary>
    public IEnumerable<CatalogEntry> Able(ModelKind kind) => entries.Where(e => e.State == ModelState.Ready && e.Kind == kind);

    /// <summary>Completes when every model is ready or failed.</summary>
    public Task Settled => settled.Task;

    /// <summary>Why no folder could be read at the start; null when that went well, or one has been since: what failed is none.</summary>
    public string? Fault => entries.All(entry => entry is { State: ModelState.Failed, CameLater: true }) ? fault : null;

    /// <summary>A model by its name; null where there is none.</summary>
    public CatalogEntry? Find(string name) => entries.FirstOrDefault(e => e.Name == name);

    /// <summary>Adds a model or replaces what was known of it. Requests that use a version which is not in the new entry finish with
    /// it.</summary>
    /// <returns>Completes when every such version is disposed.</returns>
    public Task Set(CatalogEntry entry) => Change(entry.Name, entry);

    /// <summary>Unloads a model; requests that use it finish.</summary>
    /// <returns>Completes when it is disposed.</returns>
    public Task Remove(string name) => Change(name, null);

    /// <summary>Says that all there was at the start is ready or failed.</summary>
    public void Settle(string? fault = null)
    {
        this.fault = fault;
        settled.TrySetResult();
    }

    /// <summary>Unloads every model.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(entries.Select(entry => Remove(entry.Name)));

    private Task Change(string name, CatalogEntry? entry)
    {
        CatalogEntry? before;
        lock (changing)
        {
            before = entries.FirstOrDefault(e => e.Name == name);
            var others = entries.Where(e => e.Name != name);
            entries = [.. (entry is null ? others : others.Append(entry)).OrderBy(e => e.Name, StringComparer.Ordinal)];
        }

        var kept = entry?.Served.Select(version => version.Handle).ToHashSet();
        var left = before?.Served.Select(version => version.Handle).Where(handle => kept?.Contains(handle) != true);
        return Task.WhenAll((left ?? []).Select(handle => handle.RetireAsync()));
    }
}
