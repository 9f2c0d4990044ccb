using RedisRateLimiting;
using StackExchange.Redis;

namespace RnnServe.Server.Keys;

/// <summary>Counts in Redis, together with other servers; for this server alone while Redis does not answer.</summary>
/// <remarks>A server without quotas could be overrun, and one that refused everything would be down: counting alone, N servers grant at
/// most N times the quota until Redis answers again.</remarks>
internal sealed class RedisCounter(Quota quota, RedisLink redis, LocalCounter local) : IQuotaCounter
{
    private RedisFixedWindowRateLimiter<string>? limiter;

    public async ValueTask<QuotaState> ChargeAsync(int amount)
    {
        if (redis.Connection is not { } connection)
            return await local.ChargeAsync(amount);
        try
        {
            using var lease = await Limiter(connection).AcquireAsync(amount);
            redis.Answered();
            lease.TryGetMetadata(RateLimitMetadataName.Remaining, out long remaining);
            lease.TryGetMetadata(RateLimitMetadataName.Reset, out long reset);

            // Whole seconds since 1970; the next window begins when that second is over.
            return new(lease.IsAcquired, remaining, DateTimeOffset.FromUnixTimeSeconds(reset + 1) - DateTimeOffset.UtcNow);
        }
        catch (Exception e) when (RedisLink.IsFailure(e))
        {
            redis.Failed(e.GetType().Name);
            return await local.ChargeAsync(amount);
        }
    }

    // Two at once make two limiters, which count the same: what was counted is in Redis.
    private RedisFixedWindowRateLimiter<string> Limiter(IConnectionMultiplexer connection) =>
        limiter ??= new($"rnnserve:{quota.Key}:{quota.Name}", new()
        {
            PermitLimit = quota.Limit,
            Window = Quota.Window,
            ConnectionMultiplexerFactory = () => connection,
        });
}
