using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RnnServe.Server.Keys;

namespace RnnServe.Tests.Server.Keys;

/// <summary>Quotas of several servers, counted in a real Redis.</summary>
public sealed class RedisQuotaTests : IDisposable
{
    private readonly ModelFolder models = new();
    private readonly KeyRing keys = new();

    public void Dispose()
    {
        keys.Dispose();
        models.Dispose();
    }

    [Fact]
    public async Task Two_servers_grant_exactly_one_quota_to_64_clients()
    {
        using var redis = await RedisServer.StartAsync();
        string key = keys.Add(new KeyQuotas { Requests = 100 });
        await using var first = Start($"127.0.0.1:{redis.Port},asyncTimeout=30000");
        await using var second = Start($"127.0.0.1:{redis.Port},asyncTimeout=30000");
        HttpClient[] clients = [first.Client, second.Client];

        var statuses = await Parallel64.AskAsync(3, client => clients[client % 2].GetAsync(key, "/v1/models"));

        Assert.Equal((100, 92), (statuses.Count(s => s == HttpStatusCode.OK), statuses.Count(s => s == HttpStatusCode.TooManyRequests)));
        using var refused = await second.Client.GetAsync(key, "/v1/models");
        int wait = (int)refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        // Of a minute that began with the first of the calls, and of the second in which it ends.
        Assert.InRange(wait, 2, 61);
        Assert.Equal($"\"requests\";r=0;t={wait}", string.Join(", ", refused.Headers.GetValues("RateLimit")));
        Assert.DoesNotContain(first.Logs.Concat(second.Logs), line => line.Contains("Redis does not answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_servers_count_each_quota_of_each_key_apart_and_as_much_as_a_request_has()
    {
        using var redis = await RedisServer.StartAsync();
        var quotas = new KeyQuotas { Requests = 5, Characters = 10 };
        string key = keys.Add(quotas, "translate"), other = keys.Add(quotas, "translate");
        models.Add("tiny-en-de", "en", "de");
        await using var first = await Start($"127.0.0.1:{redis.Port},asyncTimeout=30000").SettledAsync();
        await using var second = await Start($"127.0.0.1:{redis.Port},asyncTimeout=30000").SettledAsync();

        await RunningServer.OkAsync(await TranslateAsync(first, key, "abcabc"));
        var tooMuch = await RunningServer.ProblemAsync(await TranslateAsync(second, key, "abcabc"), HttpStatusCode.TooManyRequests);
        await RunningServer.OkAsync(await TranslateAsync(second, key, "abca"));
        var otherKey = await TranslateAsync(second, other, "abcabc");

        Assert.StartsWith(
            "Of the key's quota of 10 characters a minute 4 are left, and text has 6;", tooMuch.GetProperty("detail").GetString(), StringComparison.Ordinal);
        string state = string.Join(", ", otherKey.Headers.GetValues("RateLimit"));
        Assert.Matches(@"^""requests"";r=4;t=\d+, ""characters"";r=4;t=\d+$", state);
    }

    [Fact]
    public async Task A_server_counts_alone_while_redis_does_not_answer_and_says_so_once()
    {
        using var redis = await RedisServer.StartAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        string key = keys.Add(new KeyQuotas { Requests = 3 });
        await using var server = Start($"127.0.0.1:{redis.Port},asyncTimeout=3000", clock);

        Assert.Equal([HttpStatusCode.OK], await AskAsync(server, key, 1));
        redis.Pause();
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], await AskAsync(server, key, 4));
        Assert.Equal(1, Said(server, "Redis does not answer"));

        redis.Resume();
        await Waiting.UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(6));
            using var _ = await server.Client.GetAsync(key, "/v1/models");
            return Said(server, "Redis answers again") > 0;
        });
        Assert.Equal(1, Said(server, "Redis does not answer"));
    }

    [Fact]
    public async Task A_server_starts_without_redis_and_counts_alone()
    {
        string key = keys.Add(new KeyQuotas { Requests = 2 });
        await using var server = Start($"127.0.0.1:{ThisMachine.FreePort()},connectTimeout=200");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], await AskAsync(server, key, 3));
        Assert.Equal(1, Said(server, "Redis does not answer"));
    }

    private RunningServer Start(string redis, TimeProvider? clock = null) => new(
        models.Path,
        services =>
        {
            if (clock is not null)
                services.AddSingleton(clock);
        },
        keys.Setting,
        ("Keys:Redis", redis));

    private static Task<HttpResponseMessage> TranslateAsync(RunningServer server, string key, string text) =>
        server.Client.PostAsync(key, "/v1/translate", JsonSerializer.Serialize(new { text, model = "tiny-en-de", beamSize = 1, maxLength = 2 }));

    private static async Task<List<HttpStatusCode>> AskAsync(RunningServer server, string key, int calls)
    {
        var statuses = new List<HttpStatusCode>();
        for (int call = 0; call < calls; call++)
        {
            using var answer = await server.Client.GetAsync(key, "/v1/models");
            statuses.Add(answer.StatusCode);
        }

        return statuses;
    }

    private static int Said(RunningServer server, string words) => server.Logs.Count(line => line.Contains(words, StringComparison.Ordinal));
}
