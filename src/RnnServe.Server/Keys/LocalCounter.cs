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
        var window = Now();
        using var lease = window.Limiter.AttemptAcquire(amount);
        return ValueTask.FromResult(
            new QuotaState(lease.IsAcquired, window.Limiter.GetStatistics()!.CurrentAvailablePermits, Left(window)));
    }

    // The time of day may be set while a window is open.
    private TimeSpan Left(CountedWindow window) => Quota.Window - time.GetElapsedTime(window.Began);

    private CountedWindow Now()
    {
        var seen = Volatile.Read(ref current);
        if (seen is not null && Left(seen) > TimeSpan.Zero)
            return seen;

        // Of several that find it over, one begins the next and all use it.
        var next = new CountedWindow(time.GetTimestamp(), new FixedWindowRateLimiter(new()
        {
            PermitLimit = quota.Limit,
            Window = Quota.Window,
            AutoReplenishment = false,
        }));
        var winner = Interlocked.CompareExchange(ref current, next, seen);
        return winner == seen ? next : winner!;
    }

    private sealed class CountedWindow(long began, FixedWindowRateLimiter limiter)
    {
        public long Began => began;

        public FixedWindowRateLimiter Limiter => limiter;
    }
}
