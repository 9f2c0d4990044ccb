using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace RnnServe.Server.Catalog;

/// <summary>Tells the person at the console where the server is and what it serves.</summary>
internal sealed partial class StartupBanner(
    IServer server, ModelCatalog catalog, IHostApplicationLifetime lifetime, ILogger<StartupBanner> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var onStart = lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            string url = Url();
            LogListening(url);
            await catalog.Settled.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A server that cannot start says why in a line of its own; there is nothing to announce.
            return;
        }

        var ready = catalog.Entries.Where(e => e.State == ModelState.Ready).Select(e => $"{e.Name} {e.Version}").ToList();
        LogReady(ready.Count > 0 ? string.Join(", ", ready) : "no model");
    }

    /// <summary>An address that can be opened in a browser: wildcards become localhost.</summary>
    private string Url()
    {
        string address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        return Wildcard().Replace(address, "//localhost", count: 1);
    }

    [GeneratedRegex(@"//(\[::\]|0\.0\.0\.0|\*|\+)")]
    private static partial Regex Wildcard();

    [LoggerMessage(
        EventId = 1, Level = LogLevel.Information, Message = "RnnServe listens on {Url}: try it there in a browser.")]
    private partial void LogListening(string url);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Serving {Models}.")]
    private partial void LogReady(string models);
}
