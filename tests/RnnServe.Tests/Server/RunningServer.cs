using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RnnServe.Server.Catalog;

namespace RnnServe.Tests.Server;

/// <summary>The real server on a port of its own, with what it logs.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplicationFactory<ModelCatalog> factory;
    private readonly LogCapture logs = new();

    /// <param name="modelsFolder">The folder of models.</param>
    /// <param name="settings">Configuration, such as ("Limits:MaxTexts", "2").</param>
    public RunningServer(string modelsFolder, params ReadOnlySpan<(string Key, string Value)> settings)
        : this(modelsFolder, _ => { }, settings)
    {
    }

    /// <param name="modelsFolder">The folder of models.</param>
    /// <param name="change">Replaces services.</param>
    /// <param name="settings">Configuration.</param>
    public RunningServer(
        string modelsFolder, Action<IServiceCollection> change, params ReadOnlySpan<(string Key, string Value)> settings)
    {
        var configuration = settings.ToArray();
        factory = new WebApplicationFactory<ModelCatalog>().WithWebHostBuilder(host =>
        {
            host.UseEnvironment("Production");
            host.UseSetting("Models:Folder", modelsFolder);
            foreach (var (key, value) in configuration)
                host.UseSetting(key, value);

            host.ConfigureServices(change);
            host.ConfigureLogging(logging => logging.ClearProviders().AddFilter(_ => true).AddProvider(logs));
        });
        factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        factory.StartServer();
        Url = factory.ClientOptions.BaseAddress;
        Client = new HttpClient { BaseAddress = Url };
    }

    public Uri Url { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => factory.Services;

    /// <summary>Everything logged so far, at every level.</summary>
    public IReadOnlyCollection<string> Logs => logs.Lines;

    /// <summary>Waits until every model is ready or failed.</summary>
    public async Task<RunningServer> SettledAsync()
    {
        await Services.GetRequiredService<ModelCatalog>().Settled.WaitAsync(TimeSpan.FromSeconds(60));
        return this;
    }

    /// <summary>POST /v1/translate with a body that is sent as it is.</summary>
    public Task<HttpResponseMessage> TranslateAsync(string json, CancellationToken cancellation = default) =>
        Client.PostAsync("/v1/translate", Json(json), cancellation);

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await factory.DisposeAsync();
        logs.Dispose();
    }

    /// <summary>Checks that an answer is a complete problem+json of that status, and returns it.</summary>
    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        foreach (var member in (string[])["type", "title", "detail", "instance"])
            Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty(member).GetString()), $"{member} is empty: {text}");

        Assert.Equal(response.RequestMessage!.RequestUri!.AbsolutePath, problem.GetProperty("instance").GetString());
        return problem;
    }

    /// <summary>The body of a 200.</summary>
    public static async Task<JsonElement> OkAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(text).RootElement;
    }

    private sealed class LogCapture : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new CategoryLog(Lines, categoryName);

        public void Dispose()
        {
        }

        private sealed class CategoryLog(ConcurrentQueue<string> lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
