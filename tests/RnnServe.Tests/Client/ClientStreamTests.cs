using System.Diagnostics;
using System.Net;
using System.Text.Json;
using RnnServe.Client;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Client;

/// <summary>Answers that come as they grow.</summary>
public sealed class ClientStreamTests(ClientServer running) : IClassFixture<ClientServer>
{
    private const string Piece = """{ "text": "Ein" }""";

    private const string NoCaption = """{ "model": "m", "version": "1", "captions": [] }""";

    private const string Problem = """{ "title": "Gateway Timeout", "status": 504, "detail": "Too late." }""";

    private readonly RnnServeClient client = running.Client;

    [Theory, InlineData("abc. A cab bade."), InlineData("42")]
    public async Task The_pieces_are_the_text_and_the_last_part_is_what_comes_unstreamed(string text)
    {
        var request = new TranslateRequest(text) { Model = "tiny-en-de", Include = ["tokens", "attention"] };
        var whole = await client.TranslateAsync(request);

        var parts = await PartsAsync(client.TranslateStreamAsync(request));

        CheckPieces(parts, whole.Translations[0].Text);
        var unstreamed = JsonSerializer.SerializeToElement(whole, ClientJson.Default.TranslateResponse);
        SameJson.Check(unstreamed, parts[^1].Result!, ClientJson.Default.TranslateResponse);
    }

    [Fact]
    public async Task A_caption_comes_as_it_grows()
    {
        byte[] image = TinyCaptionBundle.Image(1);
        var whole = await client.CaptionAsync(image, new() { BeamSize = 2 });

        var parts = await PartsAsync(client.CaptionStreamAsync(image, new() { BeamSize = 2 }));

        CheckPieces(parts, whole.Captions[0].Text);
        Assert.Equal(whole.Captions, parts[^1].Result!.Captions);
    }

    [Fact]
    public async Task An_enumeration_that_is_begun_again_asks_again()
    {
        var stream = client.TranslateStreamAsync(new("abc. A cab bade.") { Model = "tiny-en-de" });

        Assert.Equal((await PartsAsync(stream)).Select(part => part.Text), (await PartsAsync(stream)).Select(part => part.Text));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Cancelling_or_leaving_ends_the_work_of_the_server(bool cancel)
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        await using var server = await new RunningServer(models.Path, ("Batching:Workers", "1"), ("Batching:MaxRows", "1")).SettledAsync();
        using var of = new ClientOf(server.Url);
        await of.Client.TranslateAsync(new("abc") { MaxLength = 5 });
        string text = string.Join(' ', Enumerable.Repeat("Abc cab abc bac.", 500));
        var slow = new TranslateRequest(text) { BeamSize = 16, MaxLength = 512, LengthPenalty = 2 };
        using var away = new CancellationTokenSource();
        var clock = new Stopwatch();

        var reading = ReadAsync();

        if (cancel)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        else
            await reading;
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        while (!server.Logs.Any(line => line.Contains("the caller went away", StringComparison.Ordinal)))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "The server works on.");
            await Task.Delay(10);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"The server noticed after {clock.ElapsedMilliseconds} ms.");

        async Task ReadAsync()
        {
            await foreach (var part in of.Client.TranslateStreamAsync(slow).WithCancellation(away.Token))
            {
                clock.Start();
                Assert.NotEqual("", part.Text);
                if (!cancel)
                    break;
                await away.CancelAsync();
            }
        }
    }

    [Fact]
    public async Task What_is_refused_before_the_first_part_is_refused_with_its_fields()
    {
        var two = new TranslateRequest("a", "b") { Source = "en" };

        var refused = await Assert.ThrowsAsync<RnnServeException>(() => PartsAsync(client.TranslateStreamAsync(two)));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("text has 2 items; an event stream answers one. Ask for application/json.", Assert.Single(refused.Errors["text"]));
    }

    [Fact]
    public async Task A_refusal_before_the_first_part_is_asked_again_and_one_behind_it_never()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptedServer.Refusal(429, "0"), ScriptedServer.Events(("token", Piece), ("problem", Problem)));
        using var of = new ClientOf(server.Url);
        var pieces = new List<string?>();

        var failed = await Assert.ThrowsAsync<RnnServeException>(() => PartsAsync(of.Client.TranslateStreamAsync(new("a")), pieces));

        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(["Ein"], pieces);
        Assert.Equal((HttpStatusCode.GatewayTimeout, "Too late."), (failed.StatusCode, failed.Detail));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_stream_that_ends_without_a_result_is_an_error_and_is_not_asked_for_again(bool broken)
    {
        var read = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Events(broken ? read.Task : null, ("token", Piece)));
        using var of = new ClientOf(server.Url);

        await Assert.ThrowsAnyAsync<IOException>(ReadAsync);

        Assert.True(read.Task.IsCompletedSuccessfully);
        Assert.Single(server.Requests);

        async Task ReadAsync()
        {
            await foreach (var part in of.Client.TranslateStreamAsync(new("a")))
            {
                Assert.Equal("Ein", part.Text);
                read.SetResult();
            }
        }
    }

    [Fact]
    public async Task A_caller_may_take_longer_over_a_part_than_the_stream_may_stand_still()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.Events(("token", Piece), ("result", NoCaption)));
        using var http = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromMilliseconds(400) };
        var texts = new List<string?>();

        await foreach (var part in new RnnServeClient(http).CaptionStreamAsync(new byte[] { 1 }, cancellation: TestContext.Current.CancellationToken))
        {
            texts.Add(part.Text);
            await Task.Delay(800, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["Ein", null], texts);
    }

    [Fact]
    public async Task A_refusal_that_stands_still_ends_after_the_timeout()
    {
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            context.Response.StatusCode = 503;
            context.Response.ContentType = "application/problem+json";
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var http = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromSeconds(2) };

        var parts = PartsAsync(new RnnServeClient(http).TranslateStreamAsync(new("a")));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => parts.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Events_of_other_names_are_passed_over()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptedServer.Events(("progress", "1"), ("token", Piece), ("result", NoCaption)));
        using var of = new ClientOf(server.Url);

        var parts = await PartsAsync(of.Client.CaptionStreamAsync(new byte[] { 1 }));

        Assert.Equal(["Ein", null], parts.Select(part => part.Text));
    }

    private static void CheckPieces<T>(List<StreamPart<T>> parts, string text) where T : class
    {
        Assert.All(parts.SkipLast(1), part => Assert.Null(part.Result));
        Assert.Null(parts[^1].Text);
        Assert.Equal(text, string.Concat(parts.Select(part => part.Text)));
    }

    private static async Task<List<StreamPart<T>>> PartsAsync<T>(IAsyncEnumerable<StreamPart<T>> stream, List<string?>? pieces = null)
        where T : class
    {
        var parts = new List<StreamPart<T>>();
        await foreach (var part in stream)
        {
            parts.Add(part);
            pieces?.Add(part.Text);
        }

        return parts;
    }
}
