using RnnServe.Server.Catalog;
using RnnServe.Server.Search;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Bulk;

/// <summary>The server's models without the server: found, checked and opened by the same code, with the same settings.</summary>
internal sealed class BulkHost : IAsyncDisposable
{
    private readonly IHost host;

    private BulkHost(IHost host) => this.host = host;

    /// <summary>The picked model; held until the host is disposed.</summary>
    public PickedModel Model { get; private set; } = null!;

    /// <summary>The models that were opened.</summary>
    internal ModelCatalog Catalog => host.Services.GetRequiredService<ModelCatalog>();

    /// <summary>What the model is, down to its files and how it decodes: another one of the same name and version is another.</summary>
    public string Identity => $"{Model.Name} {Model.Version} {Model.Model.Precision} {Model.Model.Bundle.ManifestSha256}";

    /// <summary>The server's limits.</summary>
    public LimitsOptions Limits => host.Services.GetRequiredService<IOptions<LimitsOptions>>().Value;

    /// <summary>Opens the model that is meant.</summary>
    /// <param name="settings">What was asked for; its search is checked against the model's limits.</param>
    /// <param name="choice">Which model.</param>
    /// <param name="kinds">All kinds that the models folder may have.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="Http.ApiException">There is no such model, or an option is outside its limits.</exception>
    public static async Task<BulkHost> StartAsync(
        BulkSettings settings, ModelChoice choice, IEnumerable<ModelKind> kinds, CancellationToken stop)
    {
        string? only = settings.Model ?? ManifestList.Of(settings.ModelsFolder).Preferred(choice);

        // Where the one that is meant by its manifest cannot be opened, another may be the next best: all of them know.
        return await StartAsync(settings, choice, kinds, only, settings.Model is not null || only is null, stop)
            ?? (await StartAsync(settings, choice, kinds, null, isFinal: true, stop))!;
    }

    private static async Task<BulkHost?> StartAsync(
        BulkSettings settings, ModelChoice choice, IEnumerable<ModelKind> kinds, string? only, bool isFinal, CancellationToken stop)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Configuration(settings, only));
        builder.Services.AddServerOptions();

        // All lines are answered by one version, the one that was there at the start.
        builder.Services.PostConfigure<ModelsOptions>(models =>
        {
            models.Watch = false;
            models.Canary.Clear();
        });
        builder.Services.AddGraphExecution();
        builder.Services.AddModelCatalog(kinds);
        var started = new BulkHost(builder.Build());
        try
        {
            if (await started.PickAsync(settings, choice, isFinal, stop))
                return started;
            await started.DisposeAsync();
            return null;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Model?.Dispose();
        await host.StopAsync();
        await Catalog.DisposeAsync();
        host.Dispose();
    }

    /// <returns>False where the only model that was opened is not as its manifest says, and that is not all there is.</returns>
    private async Task<bool> PickAsync(BulkSettings settings, ModelChoice choice, bool isFinal, CancellationToken stop)
    {
        host.Services.CheckServerOptions();
        await host.StartAsync(stop);
        await Catalog.Settled.WaitAsync(stop);
        if (!isFinal && Catalog.Entries is not [{ State: ModelState.Ready, Reason: null }])
            return false;
        if (Catalog.Fault is { } fault)
            throw new BulkException(fault);
        Model = host.Services.GetRequiredService<ModelPicker>()
            .Pick(choice, manifest => SearchRequest.Check(settings.Search, manifest));
        return true;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Configuration(BulkSettings settings, string? only)
    {
        // The window of what is under way bounds the queue; where lines are as long as books, BulkRun waits for room.
        yield return new("Batching:MaxQueued", "1000000");
        if (only is not null)
            yield return new("Models:Only", only);
        if (settings.ModelsFolder is { } folder)
            yield return new("Models:Folder", folder);
        if (settings.Precision is { } precision)
            yield return new("Models:Precision", precision);
    }
}
