using System.Threading.RateLimiting;

namespace RnnServe.Server.Keys;

/// <summary>Counts for this server alone.</summary>
/// <remarks>Each window has a limiter of its own, which is never filled again: the framework's own windows cannot be asked when they
/// end, which callers are to be told.</remarks>
internal sealed class LocalCounter(Quota quota, TimeProvider time) : IQuotaCounter
{
    private CountedWindow? current;

    public ValueTask<QuotaState> ChargeAsync(int amount)
    {
        var now = time.GetUtcNow();
        var window = Now(now);
        using var lease = window.Limiter.AttemptAcquire(amount);
        return ValueTask.FromResult(new QuotaState(
            lease.IsAcquired, window.Limiter.GetStatistics()!.CurrentAvailablePermits, window.Ends - now));
    }

    private CountedWindow Now(DateTimeOffset now)
    {
        var seen = Volatile.Read(ref current);
        if (seen is not null && now < seen.Ends)
            return seen;

        // Of several that find it over, one begins the next and all use it.
        var next = new CountedWindow(now + Quota.Window, new FixedWindowRateLimiter(new()
        {
            PermitLimit = quota.Limit,
            Window = Quota.Window,
            AutoReplenishment = false,
        }));
        var winner = Interlocked.CompareExchange(ref current, next, seen);
        return winner == seen ? next : winner!;
    }

    private sealed class CountedWindow(DateTimeOffset ends, FixedWindowRateLimiter limiter)
    {
        public DateTimeOffset Ends => ends;

        public FixedWindowRateLimiter Limiter => limiter;
    }
}
