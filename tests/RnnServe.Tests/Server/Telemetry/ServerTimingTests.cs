using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server.Doors;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>The header that says where an answer's time went.</summary>
[Collection(nameof(MeasuredServer))]
public sealed partial class ServerTimingTests(MeasuredServer server)
{
    private const string Header = "Server-Timing";

    [Theory]
    [InlineData("/v1/translate", """{ "text": ["abc", "Abc cab. Bac!"], "model": "tiny-en-de" }""")]
    [InlineData("/v1/classify", """{ "text": "abc", "model": "tiny-colours" }""")]
    public async Task An_answer_says_where_its_time_went(string path, string json)
    {
        using var response = await MeasuredServer.PostAsync(server.Client, path, json);

        Check(response);
    }

    [Fact]
    public async Task So_does_that_to_an_image()
    {
        using var image = new ByteArrayContent(TinyCaptionBundle.Image(2));
        image.Headers.ContentType = new("image/jpeg");

        using var response = await server.Client.PostAsync("/v1/caption?model=tiny-photos", image);

        Check(response);
    }

    [Fact]
    public async Task Neither_a_refusal_nor_an_event_stream_has_it()
    {
        using var refused = await MeasuredServer.PostAsync(server.Client, "/v1/translate", """{ "text": 1 }""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json("""{ "text": "abc", "model": "tiny-en-de" }""");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var streamed = await server.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (refused.StatusCode, streamed.StatusCode));
        Assert.False(refused.Headers.Contains(Header));
        Assert.False(streamed.Headers.Contains(Header));
    }

    [Fact]
    public async Task Each_time_is_under_its_own_name()
    {
        await using var busy = await BusyServer.StartAsync(("Batching:MaxQueued", "3"));
        string json = $$"""{ "text": "{{OpenDoors.Text}}", "model": "tiny-en-de", "include": ["timing"] }""";

        var waiting = busy.Server.TranslateAsync(json);
        await Waiting.UntilAsync(() => busy.Translator.Queued == 3);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        busy.GoOn();
        using var answer = await waiting;

        double[] header = Check(answer);
        var timing = (await RunningServer.OkAsync(answer)).GetProperty("timing");
        double[] body = [.. new[] { "queueMs", "encodeMs", "decodeMs" }.Select(name => timing.GetProperty(name).GetDouble())];
        foreach (double[] times in (double[][])[header, body])
        {
            Assert.InRange(times[0], 250, 60_000);
            Assert.True(times[1] < times[0] && times[1] > 0 && times[2] > 0);
        }
    }

    private static double[] Check(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var match = Form().Match(Assert.Single(response.Headers.GetValues(Header)));
        Assert.True(match.Success);
        double[] times = [.. match.Groups.Values.Skip(1).Select(group => double.Parse(group.Value, CultureInfo.InvariantCulture))];
        Assert.All(times[..3], time => Assert.InRange(time, 0, times[3]));
        Assert.True(times[1] > 0);
        Assert.InRange(times[3], 0.001, 60_000);
        return times;
    }

    [GeneratedRegex(@"^queue;dur=([\d.]+), encode;dur=([\d.]+), decode;dur=([\d.]+), total;dur=([\d.]+)$")]
    private static partial Regex Form();
}
