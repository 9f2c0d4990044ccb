using System.Collections.Concurrent;
using RnnServe.Server.Http;

namespace RnnServe.Server.Keys;

/// <summary>The most of a unit that a key's owner may ask for in a minute.</summary>
internal sealed record Quota(string Key, ChargedUnit Unit, int Limit)
{
    /// <summary>A window begins with the first request after the one before it has ended.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>The unit's name in headers and messages.</summary>
    public string Name { get; } = Unit.ToString().ToLowerInvariant();
}

/// <summary>What a quota's counter says to a charge.</summary>
/// <param name="Granted">Whether it was counted; what is refused is not.</param>
/// <param name="Remaining">What is left in this window.</param>
/// <param name="Reset">How long until the next one.</param>
internal sealed record QuotaState(bool Granted, long Remaining, TimeSpan Reset)
{
    /// <summary>In whole seconds, 1 or more: who waits so long does not come too early.</summary>
    public int ResetSeconds => Math.Max(1, (int)Math.Ceiling(Reset.TotalSeconds));
}

/// <summary>Counts what was used up of a quota. Thread-safe and exact: of many charges at once never more are granted than fit.</summary>
internal interface IQuotaCounter
{
    /// <param name="amount">1 to the quota's limit.</param>
    ValueTask<QuotaState> ChargeAsync(int amount);
}

/// <summary>The counters of all keys. A quota that is changed in the file gets a new one.</summary>
internal sealed class Quotas(IOptions<KeysOptions> options, RedisLink redis, TimeProvider time)
{
    private readonly ConcurrentDictionary<Quota, IQuotaCounter> counters = new();

    /// <summary>Counts a request, and has its characters and images counted when they are known.</summary>
    /// <exception cref="ApiException">429: no more requests are left.</exception>
    public ValueTask ChargeRequestAsync(HttpContext http, KeyEntry key)
    {
        Quota[] limits = [.. key.Quotas?.Limits.Select(one => new Quota(key.Id, one.Unit, one.Limit)) ?? []];
        if (limits.Length == 0)
            return ValueTask.CompletedTask;
        var charges = new Charges(this, limits, http.Response);
        http.Features.Set<ICharges>(charges);
        return charges.ChargeAsync(ChargedUnit.Requests, "request", 1);
    }

    public ValueTask<QuotaState> ChargeAsync(Quota quota, int amount) => counters.GetOrAdd(quota, Counter).ChargeAsync(amount);

    private IQuotaCounter Counter(Quota quota)
    {
        var local = new LocalCounter(quota, time);
        return options.Value.HasRedis ? new RedisCounter(quota, redis, local) : local;
    }
}
