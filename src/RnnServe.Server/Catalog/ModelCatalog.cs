using System.Diagnostics.Metrics;

namespace RnnServe.Server.Catalog;

/// <summary>The models of this server and the state of each. Thread-safe; owns the models.</summary>
internal sealed class ModelCatalog : IAsyncDisposable
{
    private readonly Lock changing = new();
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<CatalogEntry> entries = [];

    public ModelCatalog(IMeterFactory meters) => CacheMeter.Observe(this, meters);

    /// <summary>All models by name, loaded or not.</summary>
    public IReadOnlyList<CatalogEntry> Entries => entries;

    /// <summary>Completes when every model is ready or failed.</summary>
    public Task Settled => settled.Task;

    /// <summary>Why no folder could be read at all; null when that went well.</summary>
    public string? Fault { get; private set; }

    /// <summary>Adds the model or replaces what was known of it.</summary>
    public void Set(CatalogEntry entry)
    {
        lock (changing)
            entries = [.. entries.Where(e => e.Name != entry.Name).Append(entry).OrderBy(e => e.Name, StringComparer.Ordinal)];
    }

    /// <summary>Says that nothing more will load.</summary>
    public void Settle(string? fault = null)
    {
        Fault = fault;
        settled.TrySetResult();
    }

    /// <summary>Stops the decode workers of every model.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var entry in entries)
        {
            if (entry.Model is { } model)
                await model.DisposeAsync();
        }
    }
}
