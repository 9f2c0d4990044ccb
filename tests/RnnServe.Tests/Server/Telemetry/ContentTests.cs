using System.Text.Json;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>What leaves the server as a metric, a trace or a line of the log, with everything switched on: times and names of models, and
/// nothing that a caller wrote.</summary>
public sealed class ContentTests
{
    private const string Secret = "zyxwvut", TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Theory, InlineData("grpc"), InlineData("http/protobuf")]
    public async Task Traces_metrics_and_logs_say_where_the_time_went_and_nothing_that_callers_wrote(string protocol)
    {
        using var models = new ModelFolder();
        MeasuredServer.AddModels(models);
        await using var receiver = await OtlpReceiver.StartAsync(protocol == "grpc");
        using var server = new ServerProcess(
            "--Models:Folder", models.Path, "--Telemetry:OtlpEndpoint", receiver.Address, "--Telemetry:OtlpProtocol", protocol,
            "--Telemetry:RequestLog", "true", "--Telemetry:JsonLogs", "true", "--Doors:HuggingFace", "true");
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);

        await SendAsync(client);
        string scraped = (await Scrape.OfAsync(client)).Text;
        server.Terminate();     // what waits to be sent is sent before the end
        var (exitCode, lines) = await server.ExitAsync();

        Assert.Equal(0, exitCode);
        Check(receiver.Spans);
        Check(lines);
        Assert.Contains("rnnserve.requests", receiver.Metrics, StringComparison.Ordinal);
        foreach (string all in (string[])[scraped, receiver.Everything, .. lines])
            Assert.DoesNotContain(Secret, all, StringComparison.OrdinalIgnoreCase);
    }

    private static void Check(IReadOnlyList<ReceivedSpan> spans)
    {
        var request = Assert.Single(spans, span => span.TraceId == TraceId && span.Name == "POST /v1/translate");
        Assert.Equal(
            [
                ("http.request.method", "POST"), ("http.response.status_code", "200"), ("http.route", "/v1/translate"),
                ("network.protocol.version", "1.1"), ("rnnserve.model", "tiny-en-de"), ("rnnserve.outcome", "ok"),
                ("rnnserve.task", "translate"), ("rnnserve.version", "1"),
            ],
            request.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
        var parts = spans.Where(span => span.ParentId == request.SpanId).OrderBy(span => span.Start).ThenBy(span => span.End).ToList();
        Assert.Equal(["queue", "encode", "decode", "detokenise"], parts.Select(part => part.Name));
        Assert.All(parts, part => Assert.InRange(part.Start, request.Start, part.End));
        Assert.All(parts, part => Assert.InRange(part.End, part.Start, request.End));
        Assert.All(parts, part => Assert.Empty(part.Attributes));
        Assert.DoesNotContain(spans, span => span.Name.Contains("health", StringComparison.Ordinal));
    }

    private static void Check(IReadOnlyList<string> lines)
    {
        var written = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var ofRequests = written.FindAll(line => line.GetProperty("EventId").GetInt32() == 20);
        Assert.Equal(6, ofRequests.Count);
        var asked = Assert.Single(ofRequests, line => line.GetProperty("State").GetProperty("Trace").GetString() == TraceId);
        var state = asked.GetProperty("State");
        Assert.Equal(("translate", "tiny-en-de", "ok"), (Of("Task"), Of("Model"), Of("Outcome")));
        var scope = asked.GetProperty("Scopes").EnumerateArray().Single();
        Assert.Equal(TraceId, scope.GetProperty("TraceId").GetString());
        Assert.Equal(Of("Request"), scope.GetProperty("RequestId").GetString());
        Assert.False(scope.TryGetProperty("RequestPath", out _));

        string? Of(string name) => state.GetProperty(name).GetString();
    }

    /// <summary>The secret in each place where a caller can write.</summary>
    private static async Task SendAsync(HttpClient client)
    {
        client.DefaultRequestHeaders.Add("X-Api-Key", Secret);
        client.DefaultRequestHeaders.UserAgent.ParseAdd(Secret);
        using var traced = new HttpRequestMessage(HttpMethod.Post, $"/v1/translate?{Secret}={Secret}");
        traced.Content = RunningServer.Json($$"""{ "text": "{{Secret}}", "model": "tiny-en-de" }""");
        traced.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        traced.Headers.Add("tracestate", $"a={Secret}");
        traced.Headers.Add("baggage", $"a={Secret}");
        await RunningServer.OkAsync(await client.SendAsync(traced));

        await PostAsync($$"""{ "text": "a", "model": "{{Secret}}" }""");
        await PostAsync($$"""{ "{{Secret}}": 1 }""");
        await client.PostAsync($"/models/{Secret}", RunningServer.Json($$"""{ "inputs": "{{Secret}}" }"""));
        await client.GetAsync($"/{Secret}?{Secret}");
        await client.GetAsync($"/v1/models/{Secret}");
        using var odd = new HttpRequestMessage(new HttpMethod(Secret), "/v1/models");
        await client.SendAsync(odd);
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(TinyCaptionBundle.Image(1)), "image", $"{Secret}.jpg" },
        };
        await RunningServer.OkAsync(await client.PostAsync("/v1/caption?model=tiny-photos", form));
        using var broken = new ByteArrayContent([1, 2, 3]);
        await client.PostAsync($"/v1/caption?model={Secret}", broken);

        Task<HttpResponseMessage> PostAsync(string json) => MeasuredServer.PostAsync(client, "/v1/translate", json);
    }
}
