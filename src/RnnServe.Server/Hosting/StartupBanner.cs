using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RnnServe.Server.Catalog;

namespace RnnServe.Server.Hosting;

/// <summary>Tells the person at the console where the server is and what it serves.</summary>
internal sealed partial class StartupBanner(
    IServer server, ModelCatalog catalog, IHostApplicationLifetime lifetime, ILogger<StartupBanner> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var onStart = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        var url = Url();
        LogListening(url, url);

        await catalog.Settled.WaitAsync(stoppingToken);
        LogReady(string.Join(", ", catalog.Entries.Where(e => e.State == ModelState.Ready).Select(e => $"{e.Name} {e.Version}")) is { Length: > 0 } names ? names : "no model");
    }

    /// <summary>An address that can be opened in a browser: wildcards become localhost.</summary>
    private string Url()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        return address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "RnnServe listens on {Url} and loads its models. Try it in the browser: {Swagger}/swagger")]
    private partial void LogListening(string url, string swagger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Models}.")]
    private partial void LogReady(string models);
}
