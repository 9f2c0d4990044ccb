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

    /// <summary>What the model is, down to its files: another one of the same name and version is another.</summary>
    public string Identity => $"{Model.Name} {Model.Version} {Model.Model.Precision} {string.Join(' ', Hashes)}";

    private IEnumerable<string> Hashes => Model.Model.Bundle.Manifest.Files.Select(file => file.Sha256);

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
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Configuration(settings));
        builder.Services.AddServerOptions();
        builder.Services.AddGraphExecution();
        builder.Services.AddModelCatalog(kinds);
        var started = new BulkHost(builder.Build());
        try
        {
            await started.PickAsync(settings, choice, stop);
            return started;
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
        await host.Services.GetRequiredService<ModelCatalog>().DisposeAsync();
        host.Dispose();
    }

    private async Task PickAsync(BulkSettings settings, ModelChoice choice, CancellationToken stop)
    {
        host.Services.CheckServerOptions();
        await host.StartAsync(stop);
        var catalog = host.Services.GetRequiredService<ModelCatalog>();
        await catalog.Settled.WaitAsync(stop);
        if (catalog.Fault is { } fault)
            throw new BulkException(fault);
        Model = host.Services.GetRequiredService<ModelPicker>()
            .Pick(choice, manifest => SearchRequest.Check(settings.Search, manifest));
    }

    private static IEnumerable<KeyValuePair<string, string?>> Configuration(BulkSettings settings)
    {
        // The window of what is under way bounds the queue.
        yield return new("Batching:MaxQueued", "1000000");
        if (settings.Model is { } model)
            yield return new("Models:Only", model);
        if (settings.ModelsFolder is { } folder)
            yield return new("Models:Folder", folder);
        if (settings.Precision is { } precision)
            yield return new("Models:Precision", precision);
    }
}
