using RedisRateLimiting;

namespace RnnServe.Server.Keys;

/// <summary>Counts in Redis, together with other servers; for this server alone while Redis does not answer.</summary>
/// <remarks>A server without quotas could be overrun, and one that refused everything would be down: counting alone, N servers grant at
/// most N times the quota until Redis answers again.</remarks>
internal sealed class RedisCounter(Quota quota, RedisLink redis, LocalCounter local) : IQuotaCounter
{
    private RedisFixedWindowRateLimiter<string>? limiter;

    public async ValueTask<QuotaState> ChargeAsync(int amount)
    {
        if (redis.Connection is null)
            return await local.ChargeAsync(amount);
        try
        {
            using var lease = await Limiter().AcquireAsync(amount);
            redis.Answered();
            lease.TryGetMetadata(RateLimitMetadataName.Remaining, out long remaining);
            lease.TryGetMetadata(RateLimitMetadataName.Reset, out long reset);
            return new(lease.IsAcquired, remaining, DateTimeOffset.FromUnixTimeMilliseconds(reset) - DateTimeOffset.UtcNow);
        }
        catch (Exception e) when (RedisLink.IsFailure(e))
        {
            redis.Failed(e.GetType().Name);
            return await local.ChargeAsync(amount);
        }
    }

    // Two at once make two limiters, which count the same: what was counted is in Redis.
    private RedisFixedWindowRateLimiter<string> Limiter() => limiter ??= new($"rnnserve:{quota.Key}:{quota.Name}", new()
    {
        PermitLimit = quota.Limit,
        Window = Quota.Window,
        ConnectionMultiplexerFactory = () => redis.Connection!,
    });
}
