using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

/// <summary>Accept: text/event-stream on both routes.</summary>
public sealed class EventStreamTests(BothTasks both) : IClassFixture<BothTasks>
{
    private readonly RunningServer server = both.Server;

    [Theory, InlineData("abc. A cab bade."), InlineData("42"), InlineData("1 + 1")]
    public async Task Token_events_and_then_the_result_are_what_comes_unstreamed(string text)
    {
        string body = JsonSerializer.Serialize(new { text, source = "en", include = new[] { "tokens" } });
        var whole = await RunningServer.OkAsync(await server.TranslateAsync(body));

        var events = await EventsAsync(Post("/v1/translate", RunningServer.Json(body)));

        Assert.Equal("result", events[^1].Type);
        Assert.All(events.SkipLast(1), token => Assert.Equal("token", token.Type));
        Assert.Equal(whole.GetRawText(), events[^1].Data.GetRawText());
        Assert.Equal(
            whole.GetProperty("translations")[0].GetProperty("text").GetString(),
            string.Concat(events.SkipLast(1).Select(token => token.Data.GetProperty("text").GetString())));
    }

    [Fact]
    public async Task A_caption_comes_as_it_grows()
    {
        byte[] image = TinyCaptionBundle.Image(1);
        var whole = await RunningServer.OkAsync(await server.CaptionAsync(image, type: "image/png"));
        var content = new ByteArrayContent(image);
        content.Headers.ContentType = new("image/png");

        var events = await EventsAsync(Post("/v1/caption", content));

        Assert.Equal(whole.GetRawText(), events[^1].Data.GetRawText());
        Assert.Equal(
            whole.GetProperty("captions")[0].GetProperty("text").GetString(),
            string.Concat(events.SkipLast(1).Select(token => token.Data.GetProperty("text").GetString())));
    }

    [Theory]
    [InlineData("text/event-stream", true)]
    [InlineData("application/json, text/event-stream", true)]
    [InlineData("application/json, text/event-stream;q=0.5", false)]
    [InlineData("*/*", false), InlineData("application/json", false), InlineData("text/event-stream;q=0", false)]
    public async Task What_is_accepted_decides(string accept, bool streamed)
    {
        using var request = Post("/v1/translate", RunningServer.Json("""{ "text": "abc", "source": "en" }"""), accept);

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(streamed ? "text/event-stream" : "application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(streamed, response.Headers.TryGetValues("X-Accel-Buffering", out var values) && values.Single() == "no");
    }

    [Fact]
    public async Task What_is_refused_before_the_first_event_is_refused_as_ever()
    {
        using var two = await server.Client.SendAsync(Post("/v1/translate", RunningServer.Json("""{ "text": ["a", "b"], "source": "en" }""")));
        var problem = await RunningServer.ProblemAsync(two, HttpStatusCode.BadRequest);
        Assert.Equal("text has 2 items; an event stream answers one. Ask for application/json.", problem.GetProperty("detail").GetString());

        using var unknown = await server.Client.SendAsync(Post("/v1/translate", RunningServer.Json("""{ "text": "a", "model": "nobody" }""")));
        await RunningServer.ProblemAsync(unknown, HttpStatusCode.NotFound);
        using var wide = await server.Client.SendAsync(Post("/v1/translate", RunningServer.Json("""{ "text": "a", "beamSize": 99 }""")));
        await RunningServer.ProblemAsync(wide, HttpStatusCode.BadRequest);
    }

    private static HttpRequestMessage Post(string route, HttpContent content, string accept = "text/event-stream")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = content };
        request.Headers.Accept.ParseAdd(accept);
        return request;
    }

    private async Task<List<(string Type, JsonElement Data)>> EventsAsync(HttpRequestMessage request)
    {
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var events = new List<(string, JsonElement)>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            events.Add((item.EventType, JsonDocument.Parse(item.Data).RootElement));
        return events;
    }
}
