using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RnnServe.Tests.Client;

/// <summary>A server on a port of its own that answers request n with the n-th of its answers, and then always with the last.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(byte[] Body, TimeSpan Time)> requests = new();
    private readonly Func<TimeSpan> clock;

    private ScriptedServer(RequestDelegate[] answers, Func<TimeSpan> clock)
    {
        this.clock = clock;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(http => AnswerAsync(http, answers));
    }

    public Uri Url => new(app.Urls.Single());

    /// <summary>The bodies that came, and when.</summary>
    public IReadOnlyList<(byte[] Body, TimeSpan Time)> Requests => [.. requests];

    public static Task<ScriptedServer> StartAsync(params RequestDelegate[] answers) => StartAsync(() => TimeSpan.Zero, answers);

    /// <param name="clock">What time it is for the tests.</param>
    /// <param name="answers">One for each request.</param>
    public static async Task<ScriptedServer> StartAsync(Func<TimeSpan> clock, params RequestDelegate[] answers)
    {
        var server = new ScriptedServer(answers, clock);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>A refusal as the server writes it.</summary>
    public static RequestDelegate Refusal(int status, string? retryAfter) => async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        if (retryAfter is not null)
            http.Response.Headers.RetryAfter = retryAfter;
        await http.Response.WriteAsync($$"""{ "type": "", "title": "No", "status": {{status}}, "detail": "Not now.", "instance": "/" }""");
    };

    /// <summary>JSON with 200.</summary>
    public static RequestDelegate Json(string json) => http =>
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
    };

    /// <summary>Events, and then the end of the answer.</summary>
    public static RequestDelegate Events(params (string Type, string Json)[] events) => Events(broken: null, events);

    /// <param name="broken">When the connection is broken off behind the events; null: it is not.</param>
    /// <param name="events">Name and data of each.</param>
    public static RequestDelegate Events(Task? broken, params (string Type, string Json)[] events) => async http =>
    {
        http.Response.ContentType = "text/event-stream";
        foreach (var (type, json) in events)
            await http.Response.WriteAsync($"event: {type}\ndata: {json}\n\n");
        await http.Response.Body.FlushAsync();
        if (broken is null)
            return;
        await broken;
        http.Abort();
    };

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http, RequestDelegate[] answers)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        int earlier;
        lock (requests)
        {
            earlier = requests.Count;
            requests.Enqueue((body.ToArray(), clock()));
        }

        await answers[Math.Min(earlier, answers.Length - 1)](http);
    }
}
