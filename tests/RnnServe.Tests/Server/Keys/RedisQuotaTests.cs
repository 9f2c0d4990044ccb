using System.Net;
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
        // Of a minute that has just begun, and of the second in which it ends.
        Assert.InRange(wait, 40, 61);
        Assert.Equal($"\"requests\";r=0;t={wait}", string.Join(", ", refused.Headers.GetValues("RateLimit")));
        Assert.DoesNotContain(first.Logs.Concat(second.Logs), line => line.Contains("Redis does not answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_counts_alone_while_redis_does_not_answer_and_says_so_once()
    {
        using var redis = await RedisServer.StartAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        string key = keys.Add(new KeyQuotas { Requests = 3 });
        await using var server = Start($"127.0.0.1:{redis.Port},asyncTimeout=500", clock);

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
