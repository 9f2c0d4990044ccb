using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Server.Catalog;

namespace RnnServe.Tests.Server;

public class LifetimeTests : IDisposable
{
    private readonly ModelFolder models = new();

    public LifetimeTests() => models.Add("tiny", "en", "de");

    public void Dispose()
    {
        models.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_caller_that_goes_away_frees_the_workers_and_is_counted_without_content()
    {
        // One sentence at a time: without cancellation the next request would wait minutes for the 3,072 sentences before it.
        await using var server = await OneByOneAsync();
        using var abandoned = new MeterCount(server.Services.GetRequiredService<IMeterFactory>(), "rnnserve.requests.abandoned");
        await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "abc", "maxLength": 5 }"""));
        using var away = new CancellationTokenSource();

        var leaving = server.TranslateAsync(Requests.Slow(texts: 256), away.Token);
        var translator = (Translator)server.Services.GetRequiredService<ModelCatalog>().Entries.Single().Handle!.Model;
        await Waiting.UntilAsync(() => translator.Queued > 0);
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        var clock = Stopwatch.StartNew();
        await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "abc", "maxLength": 5 }"""));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"The next request waited {clock.ElapsedMilliseconds} ms.");
        Assert.Equal(1, await abandoned.ReachAsync(1));
        Assert.Contains(server.Logs, l => l.Contains("the caller went away", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs, l => l.Contains("abc", StringComparison.Ordinal));
        await RunningServer.OkAsync(await server.Client.GetAsync("/health/ready"));
    }

    [Fact]
    public async Task A_caller_that_leaves_an_event_stream_frees_the_workers()
    {
        // One sentence at a time: without cancellation the next request would wait for the 500 sentences before it.
        await using var server = await OneByOneAsync();
        using var abandoned = new MeterCount(server.Services.GetRequiredService<IMeterFactory>(), "rnnserve.requests.abandoned");
        await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "abc", "maxLength": 5 }"""));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json(Requests.Slow(texts: 1, sentences: 500));
        request.Headers.Accept.ParseAdd("text/event-stream");

        using (var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await using var events = await response.Content.ReadAsStreamAsync();
            Assert.True(await events.ReadAsync(new byte[100]) > 0);
        }

        var clock = Stopwatch.StartNew();
        await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "abc", "maxLength": 5 }"""));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"The next request waited {clock.ElapsedMilliseconds} ms.");
        Assert.Equal(1, await abandoned.ReachAsync(1));
    }

    [Fact]
    public async Task A_deadline_that_passes_is_a_gateway_timeout()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json(Requests.Slow(texts: 256));
        request.Headers.Add("Request-Timeout", "50");

        var problem = await RunningServer.ProblemAsync(await server.Client.SendAsync(request), HttpStatusCode.GatewayTimeout);

        Assert.Contains("50 ms", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_that_passes_in_an_event_stream_is_its_last_event()
    {
        await using var server = await OneByOneAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json(Requests.Slow(texts: 1, sentences: 500));
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("Request-Timeout", "2000");

        using var response = await server.Client.SendAsync(request);
        string events = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("event: token", events, StringComparison.Ordinal);
        string last = events.TrimEnd().Split("\n\n")[^1];
        Assert.StartsWith("event: problem", last, StringComparison.Ordinal);
        Assert.Contains("\"status\":504", last, StringComparison.Ordinal);
        Assert.Contains("2000 ms", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configured_deadline_holds_where_no_header_does()
    {
        await using var server = await new RunningServer(models.Path, ("Limits:RequestTimeoutMs", "40")).SettledAsync();

        await RunningServer.ProblemAsync(await server.TranslateAsync(Requests.Slow(texts: 256)), HttpStatusCode.GatewayTimeout);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_says_when_to_try_again()
    {
        await using var server = await OneByOneAsync(("Batching:MaxQueued", "2"), ("Limits:RetryAfterSeconds", "7"));
        var body = Requests.Slow(texts: 1, sentences: 2);

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.TranslateAsync(body)));

        Assert.Contains(responses, r => r.StatusCode == HttpStatusCode.OK);
        var refused = responses.Where(r => r.StatusCode != HttpStatusCode.OK).ToList();
        Assert.NotEmpty(refused);
        foreach (var response in refused)
        {
            await RunningServer.ProblemAsync(response, HttpStatusCode.TooManyRequests);
            Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 7, 3600);
        }
    }

    [Fact]
    public async Task A_request_that_no_queue_could_hold_is_too_large()
    {
        await using var server = await OneByOneAsync(("Batching:MaxQueued", "2"));

        var response = await server.TranslateAsync("""{ "text": ["a", "b", "c"] }""");

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);

        Assert.Contains("3 sentences", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_log_line_of_any_level_has_request_text()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        const string Secret = "zyxwvut";

        await server.TranslateAsync($$"""{ "text": "{{Secret}}" }""");
        await server.TranslateAsync($$"""{ "text": "{{Secret}}", "beamSize": 17 }""");
        await server.TranslateAsync($$"""{ "text": {{Secret}} }""");
        await server.TranslateAsync($$"""{ "text": "a", "model": "{{Secret}}" }""");
        await server.TranslateAsync($$"""{ "text": "a", "{{Secret}}": 1 }""");

        Assert.NotEmpty(server.Logs);
        Assert.DoesNotContain(server.Logs, l => l.Contains(Secret, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A server that decodes one sentence at a time.</summary>
    private Task<RunningServer> OneByOneAsync(params ReadOnlySpan<(string Key, string Value)> settings) =>
        new RunningServer(models.Path, [("Batching:Workers", "1"), ("Batching:MaxRows", "1"), .. settings]).SettledAsync();
}
