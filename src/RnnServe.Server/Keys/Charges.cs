using RnnServe.Server.Http;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Keys;

/// <summary>The charges of one request, and the headers that tell its caller what is left.</summary>
/// <remarks>The headers are those of draft-ietf-httpapi-ratelimit-headers-10: <c>RateLimit-Policy: "requests";q=100;w=60</c> has every
/// quota of the key, <c>RateLimit: "requests";r=99;t=42</c> those that the request was charged to.</remarks>
internal sealed class Charges : ICharges
{
    private readonly Quotas counters;
    private readonly Quota[] quotas;
    private readonly QuotaState?[] states;
    private readonly HttpResponse response;

    /// <param name="counters">Of all keys.</param>
    /// <param name="quotas">Those of the caller.</param>
    /// <param name="response">Gets the headers, however the request ends.</param>
    public Charges(Quotas counters, Quota[] quotas, HttpResponse response)
    {
        (this.counters, this.quotas, states, this.response) = (counters, quotas, new QuotaState?[quotas.Length], response);
        response.OnStarting(() =>
        {
            Write(response.Headers);
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc/>
    public async ValueTask ChargeAsync(ChargedUnit unit, string field, int amount)
    {
        int place = Array.FindIndex(quotas, quota => quota.Unit == unit);
        if (place < 0)
            return;
        var quota = quotas[place];
        if (amount > quota.Limit)
            throw ApiException.ForField(field, $"{field} has {amount} {quota.Name}; the key's quota is {quota.Limit} a minute.");

        var state = await counters.ChargeAsync(quota, amount);
        states[place] = state;
        if (!state.Granted)
        {
            string asked = unit == ChargedUnit.Requests ? "" : $", and {field} has {amount}";
            string message = $"Of the key's quota of {quota.Limit} {quota.Name} a minute {state.Remaining} are left{asked}; "
                + $"it begins anew in {state.ResetSeconds} seconds.";
            RequestRecord.Of(response.HttpContext)?.IsAboveQuota = true;
            throw new ApiException(StatusCodes.Status429TooManyRequests, message) { RetryAfterSeconds = state.ResetSeconds };
        }
    }

    private void Write(IHeaderDictionary headers)
    {
        headers["RateLimit-Policy"] = string.Join(
            ", ", quotas.Select(quota => $"\"{quota.Name}\";q={quota.Limit};w={(int)Quota.Window.TotalSeconds}"));
        var charged = quotas.Zip(states).Where(one => one.Second is not null)
            .Select(one => $"\"{one.First.Name}\";r={one.Second!.Remaining};t={one.Second.ResetSeconds}").ToList();
        if (charged.Count > 0)
            headers["RateLimit"] = string.Join(", ", charged);
    }
}
