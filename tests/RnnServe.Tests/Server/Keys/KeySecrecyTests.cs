using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using RnnServe.Server.Keys;
using RnnServe.Tests.Server.Doors;

namespace RnnServe.Tests.Server.Keys;

/// <summary>The secret of a key is in no log, no answer, no metric and no trace.</summary>
public sealed class KeySecrecyTests
{
    [Fact]
    public async Task No_secret_is_in_logs_of_any_level_in_answers_in_metrics_or_in_traces()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        using var keys = new KeyRing();
        string right = keys.Add(new KeyQuotas { Requests = 2, Characters = 10 }, "translate"), lacking = keys.Add(), wrong = lacking[..^3] + "AAA";
        var seen = new ConcurrentQueue<string>();
        using var meters = Listen(seen);
        using var traces = Trace(seen);
        await using var server = await new RunningServer(models.Path, [.. OpenDoors.Settings, keys.Setting]).SettledAsync();

        foreach (string key in (string[])[right, lacking, wrong])
        {
            foreach (string header in (string[])["Authorization", "X-Api-Key", "Authorization: DeepL-Auth-Key"])
                seen.Enqueue(await AnswerAsync(server, key, header));
            foreach (string field in (string[])["\"api_key\": \"KEY\"", "\"api_key\": [\"KEY\"]", "\"api_key\": { \"a\": \"KEY\" }", "\"q\": 1, \"api_key\": \"KEY\""])
                seen.Enqueue(await BodyAsync(server, $$"""{ "target": "de", {{field.Replace("KEY", key, StringComparison.Ordinal)}} }"""));
        }

        string[] secrets = [.. ((string[])[right, lacking, wrong]).Select(key => key.Split('_')[2])];
        Assert.Contains(seen, text => text.Contains("http.response.status_code=401", StringComparison.Ordinal));
        Assert.Contains(seen, text => text.Contains("a minute 0 are left", StringComparison.Ordinal));
        Assert.DoesNotContain(seen.Concat(server.Logs), text => Array.Exists(secrets, secret => text.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_secret_is_on_the_console()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        using var keys = new KeyRing();
        string key = keys.Add("translate");
        using var server = new ServerProcess("--Models:Folder", models.Path, "--Keys:File", keys.Path, "--Logging:LogLevel:RnnServe", "Trace");
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);

        await RunningServer.OkAsync(await client.PostAsync(key, "/v1/translate", """{ "text": "abc" }"""));
        keys.Revoke(key);
        await Waiting.UntilAsync(async () => !(await client.GetAsync(key, "/v1/models")).IsSuccessStatusCode);
        server.Terminate();
        var (_, lines) = await server.ExitAsync();

        Assert.Contains(lines, line => line.Contains("The file of keys has changed: 0 keys.", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(key.Split('_')[2], StringComparison.Ordinal));
    }

    private static async Task<string> AnswerAsync(RunningServer server, string key, string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/translate")
        {
            Content = RunningServer.Json("""{ "text": "abcdefgh", "target_lang": "DE" }"""),
        };
        string[] parts = header.Split(": ");
        request.Headers.TryAddWithoutValidation(parts[0], $"{(parts.Length > 1 ? parts[1] + " " : "")}{key}");
        using var answer = await server.Client.SendAsync(request);
        return $"{answer.Headers} {await answer.Content.ReadAsStringAsync()}";
    }

    private static async Task<string> BodyAsync(RunningServer server, string json)
    {
        using var answer = await server.Client.PostAsync("/translate", RunningServer.Json(json));
        using var closed = await server.Client.GetAsync("/v1/models");
        return $"{answer.Headers} {await answer.Content.ReadAsStringAsync()}";
    }

    private static MeterListener Listen(ConcurrentQueue<string> seen)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Add(tags));
        listener.SetMeasurementEventCallback<int>((_, _, tags, _) => Add(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Add(tags));
        listener.Start();
        return listener;

        void Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (name, value) in tags)
                seen.Enqueue($"{name}={value}");
        }
    }

    private static ActivityListener Trace(ConcurrentQueue<string> seen)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                foreach (var (name, value) in activity.TagObjects)
                    seen.Enqueue($"{name}={value}");
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
