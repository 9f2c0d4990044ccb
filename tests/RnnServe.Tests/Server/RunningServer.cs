using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
        // Where a test names its addresses, the server adds none of its own.
        var grpc = configuration.Where(setting => setting.Key == "Doors:GrpcPort")
            .Select(setting => int.Parse(setting.Value, CultureInfo.InvariantCulture)).ToList();
        factory.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            foreach (int port in grpc)
                kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        factory.StartServer();
        var addresses = Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        Url = addresses.Select(address => new Uri(address)).First(address => !grpc.Contains(address.Port));
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

    /// <summary>POST /v1/caption with one image as the body.</summary>
    /// <param name="image">The body.</param>
    /// <param name="query">Options, such as "beamSize=3".</param>
    /// <param name="type">The content type; null for none.</param>
    /// <param name="cancellation">Makes the caller go away.</param>
    public async Task<HttpResponseMessage> CaptionAsync(
        byte[] image, string query = "", string? type = "image/jpeg", CancellationToken cancellation = default)
    {
        using var content = new ByteArrayContent(image);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return await Client.PostAsync($"/v1/caption?{query}", content, cancellation);
    }

    /// <summary>POST /v1/caption with a form.</summary>
    /// <param name="images">Files named "image".</param>
    /// <param name="fields">Other fields.</param>
    public async Task<HttpResponseMessage> CaptionFormAsync(IEnumerable<byte[]> images, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var image in images)
            form.Add(new ByteArrayContent(image), "image", "secret-name.jpg");
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        return await Client.PostAsync("/v1/caption", form);
    }

    /// <summary>The texts of a 200 of /v1/caption.</summary>
    public static async Task<string[]> CaptionsAsync(HttpResponseMessage response) =>
        [.. (await OkAsync(response)).GetProperty("captions").EnumerateArray().Select(c => c.GetProperty("text").GetString()!)];

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
