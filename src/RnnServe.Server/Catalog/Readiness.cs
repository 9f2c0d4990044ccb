namespace RnnServe.Server.Catalog;

/// <summary>Whether the server is to be sent requests.</summary>
internal static class Readiness
{
    /// <summary>Why the server is not to be sent requests; null: it is.</summary>
    public static string? Fault(ModelCatalog catalog, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return "The server is draining.";
        if (!catalog.Settled.IsCompleted)
        {
            var loading = catalog.Entries.Where(e => e.State == ModelState.Loading).Select(e => e.Name);
            return $"Loading: {string.Join(", ", loading)}.";
        }

        if (catalog.Fault is { } fault)
            return fault;
        var failed = Failed(catalog).Select(Sentence).ToList();
        return failed.Count > 0 ? string.Join(" ", failed) : null;
    }

    /// <summary>What came later was not promised to anybody: a bad new folder must not take the server out of service.</summary>
    public static IEnumerable<CatalogEntry> Failed(ModelCatalog catalog) =>
        catalog.Entries.Where(e => e is { State: ModelState.Failed, CameLater: false });

    /// <summary>What is wrong with one.</summary>
    public static string Sentence(CatalogEntry failed) => $"The model '{failed.Name}' is not served. {failed.Reason}";
}
