using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RnnServe.Client;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Client;

/// <summary>When the client asks again, and when it does not.</summary>
public sealed class ClientRetryTests
{
    private const string Translated =
        """{ "model": "m", "version": "1", "translations": [], "usage": { "sourceTokens": 1, "targetTokens": 1 } }""";

    private const string Captioned = """{ "model": "m", "version": "1", "captions": [] }""";

    [Fact]
    public async Task A_refusal_is_asked_again_when_the_server_says()
    {
        var time = new FakeTimeProvider();
        var start = time.GetUtcNow();
        await using var server = await ScriptedServer.StartAsync(
            () => time.GetUtcNow() - start,
            ScriptedServer.Refusal(429, "7"),
            ScriptedServer.Refusal(503, "3"),
            ScriptedServer.Json(Translated));
        using var of = new ClientOf(server.Url, add: http => http.Services.AddSingleton<TimeProvider>(time));

        var answer = of.Client.TranslateAsync(new("A cab."));
        while (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, Task.Delay(20));
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await answer;
        var came = server.Requests;
        Assert.Equal(3, came.Count);
        Assert.All(came, request => Assert.Equal("""{"text":["A cab."]}"""u8.ToArray(), request.Body));
        // The fake clock runs on while a request is on its way.
        Assert.InRange(came[1].Time - came[0].Time, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7 + 20));
        Assert.InRange(came[2].Time - came[1].Time, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3 + 20));
    }

    [Fact]
    public async Task Images_are_sent_again_whole_alone_and_in_a_form()
    {
        byte[] image = TinyCaptionBundle.Image(1);
        RequestDelegate refusal = ScriptedServer.Refusal(429, "0"), answer = ScriptedServer.Json(Captioned);
        await using var server = await ScriptedServer.StartAsync(
            refusal, answer, refusal, answer, refusal, ScriptedServer.Events(("result", Captioned)));
        using var of = new ClientOf(server.Url);

        await of.Client.CaptionAsync(image);
        await of.Client.CaptionAsync([image, image]);
        await foreach (var part in of.Client.CaptionStreamAsync(image))
            Assert.Equal("m", part.Result!.Model);

        var bodies = server.Requests.Select(request => request.Body).ToList();
        Assert.Equal(6, bodies.Count);
        Assert.All((int[])[0, 1, 4, 5], i => Assert.Equal(image, bodies[i]));
        Assert.Equal(bodies[2], bodies[3]);
        Assert.True(bodies[2].Length > 2 * image.Length);
    }

    [Theory]
    [InlineData(429, null), InlineData(503, null), InlineData(429, "31"), InlineData(503, "3600")]
    [InlineData(400, "0"), InlineData(404, "0"), InlineData(500, "0"), InlineData(502, "0"), InlineData(504, "0")]
    public async Task What_waiting_does_not_help_or_takes_too_long_fails_at_once(int status, string? retryAfter)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Refusal(status, retryAfter));
        using var of = new ClientOf(server.Url);

        var refused = await Assert.ThrowsAsync<RnnServeException>(() => of.Client.TranslateAsync(new("A cab.")));

        Assert.Single(server.Requests);
        Assert.Equal((HttpStatusCode)status, refused.StatusCode);
        Assert.Equal(("No", "Not now."), (refused.Title, refused.Detail));
        Assert.Equal(retryAfter, refused.RetryAfter?.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(4)]
    public async Task A_server_that_refuses_for_ever_is_asked_as_often_as_the_options_say(int retries)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Refusal(429, "0"));
        using var of = new ClientOf(server.Url, options => options.MaxRetries = retries);

        var refused = await Assert.ThrowsAsync<RnnServeException>(() => of.Client.ClassifyAsync(new("A cab.")));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(1 + retries, server.Requests.Count);
    }

    [Fact]
    public async Task A_date_that_has_passed_is_no_wait()
    {
        string past = DateTimeOffset.UtcNow.AddSeconds(-5).ToString("R", CultureInfo.InvariantCulture);
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Refusal(503, past), ScriptedServer.Json(Translated));
        using var of = new ClientOf(server.Url);

        await of.Client.TranslateAsync(new("A cab."));

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Refusal(429, "20"));
        using var of = new ClientOf(server.Url);
        using var away = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => of.Client.TranslateAsync(new("A cab."), away.Token));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Whether_a_server_is_ready_is_asked_once()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptedServer.Refusal(503, "1"), ScriptedServer.Json("""{ "status": "ready" }"""));
        using var of = new ClientOf(server.Url);

        Assert.False(await of.Client.ReadyAsync());
        Assert.True(await of.Client.ReadyAsync());
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Callers_that_a_full_queue_refuses_are_all_answered_in_the_end()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        await using var server = await new RunningServer(
            models.Path, ("Batching:Workers", "1"), ("Batching:MaxRows", "1"), ("Batching:MaxQueued", "2")).SettledAsync();
        var sent = new SentRequests();
        using var of = new ClientOf(server.Url, options => options.MaxRetries = 50, http => http.AddHttpMessageHandler(() => sent));
        var slow = new TranslateRequest("Abc cab abc bac.") { BeamSize = 16, MaxLength = 256, LengthPenalty = 2 };

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => of.Client.TranslateAsync(slow)));

        Assert.Equal(10, answers.Length);
        Assert.True(sent.Count > 10, "The queue refused nobody.");
    }

    [Theory, InlineData("rnn", 3), InlineData(null, 3), InlineData("http://localhost", -1)]
    public void Wrong_options_are_named(string? address, int retries)
    {
        var services = new ServiceCollection();
        services.AddRnnServeClient(options =>
        {
            options.Address = address is null ? null : new Uri(address, UriKind.RelativeOrAbsolute);
            options.MaxRetries = retries;
        });
        using var provider = services.BuildServiceProvider();

        var wrong = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<RnnServeClient>());

        Assert.Contains(retries < 0 ? "MaxRetries" : "Address", wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>Counts what goes to the server.</summary>
    private sealed class SentRequests : DelegatingHandler
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref count);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
