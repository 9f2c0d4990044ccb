using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RnnServe.Server.Keys;
using RnnServe.Tests.Server.Keys;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>Under which word a request is counted, where that is not what its status alone says.</summary>
public sealed class OutcomeTests : IDisposable
{
    private const string Body = """{ "text": "abc", "model": "tiny-en-de" }""";

    private readonly ModelFolder models = new();

    public OutcomeTests() => models.Add("tiny-en-de", "en", "de");

    public void Dispose() => models.Dispose();

    [Fact]
    public async Task A_caller_above_its_own_quota_is_no_overload()
    {
        using var keys = new KeyRing();
        string key = keys.Add(new KeyQuotas { Requests = 1 }, "translate");
        await using var server = await new RunningServer(models.Path, keys.Setting).SettledAsync();
        using var quota = Count(server, "quota");
        using var overloaded = Count(server, "overloaded");

        await RunningServer.OkAsync(await server.Client.PostAsync(key, "/v1/translate", Body));
        await RunningServer.ProblemAsync(await server.Client.PostAsync(key, "/v1/translate", Body), HttpStatusCode.TooManyRequests);

        Assert.Equal(1, await quota.ReachAsync(1));
        Assert.Equal(0, await overloaded.ReachAsync(0));
    }

    [Theory]
    [InlineData("text/plain", null, null)]
    [InlineData("application/json", "gzip", null)]
    [InlineData("application/json", null, "soon")]
    public async Task What_is_refused_before_its_body_is_looked_at_is_counted_too(string type, string? encoding, string? timeout)
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        using var invalid = Count(server, "invalid");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate") { Content = new StringContent(Body) };
        request.Content.Headers.ContentType = new(type);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        if (timeout is not null)
            request.Headers.Add("Request-Timeout", timeout);

        using var answer = await server.Client.SendAsync(request);

        Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType);
        Assert.Equal(1, await invalid.ReachAsync(1));
    }

    [Fact]
    public async Task What_an_operator_does_to_a_model_is_no_request_that_asks_it()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        using var all = new MeterCount(server.Services.GetRequiredService<IMeterFactory>(), "rnnserve.requests");

        await RunningServer.OkAsync(await server.Client.PostAsync("/v1/models/tiny-en-de/reload", null));
        await RunningServer.OkAsync(await server.TranslateAsync(Body));

        Assert.Equal(1, await all.ReachAsync(1));
    }

    [Fact]
    public async Task An_answer_that_is_there_is_sent_though_its_deadline_passes_meanwhile()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await new RunningServer(
            models.Path, services => services.AddSingleton<TimeProvider>(clock), ("Limits:MaxTexts", "256")).SettledAsync();
        using var ok = Count(server, "ok");
        string texts = string.Join(", ", Enumerable.Repeat($"\"{string.Concat(Enumerable.Repeat("abc cab ", 60))}\"", 20));
        string json = $"{{ \"text\": [{texts}], \"model\": \"tiny-en-de\", \"beamSize\": 8, \"lengthPenalty\": 2, \"maxLength\": 200, \"include\": [\"attention\"] }}";

        // So small a window that most of the answer waits in the server until it is read.
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"POST /v1/translate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n"
            + $"Connection: close\r\n\r\n{json}"));
        byte[] first = new byte[16];
        await stream.ReadExactlyAsync(first);
        clock.Advance(TimeSpan.FromMinutes(10));
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);

        Assert.True(first.AsSpan().StartsWith("HTTP/1.1 200"u8), Encoding.UTF8.GetString(rest.ToArray()[..Math.Min(2000, (int)rest.Length)]));
        Assert.InRange(rest.Length, 4_000_000, long.MaxValue);
        Assert.EndsWith("0\r\n\r\n", Encoding.ASCII.GetString(rest.GetBuffer().AsSpan(0, (int)rest.Length)[^16..]), StringComparison.Ordinal);
        Assert.Equal(1, await ok.ReachAsync(1));
    }

    private static MeterCount Count(RunningServer server, string outcome) =>
        new(server.Services.GetRequiredService<IMeterFactory>(), "rnnserve.requests", new("outcome", outcome));
}
