using System.Security.Claims;
using Microsoft.Net.Http.Headers;
using RnnServe.Server.Http;

namespace RnnServe.Server.Keys;

/// <summary>Lets in who has a key for what is asked, and counts it; without keys it does nothing.</summary>
internal sealed class KeyGate(IOptions<KeysOptions> options, KeyStore store, Tokens tokens, Quotas quotas, TimeProvider time)
{
    /// <summary>Whether requests need a key.</summary>
    public bool IsOn { get; } = options.Value.AreOn;

    /// <summary>Admits a request to its route, once.</summary>
    /// <param name="http">The request.</param>
    /// <param name="inBody">The key that its body has; null: none.</param>
    /// <exception cref="ApiException">401 or 403: it is refused; 429: its key's quota is used up.</exception>
    public async ValueTask AdmitAsync(HttpContext http, string? inBody = null)
    {
        if (!IsOn || IsAdmitted(http))
            return;
        var route = http.GetEndpoint()!.Metadata;
        var manners = KeyManners.Of(route);
        string? key = manners.Find(http.Request) ?? inBody;
        if (string.IsNullOrEmpty(key))
            throw Refuse(http, manners, KeyManners.Bearer, $"A key is needed: send {manners.Ways}.");

        http.User = await OwnerAsync(http, manners, key);
        foreach (var scope in route.GetOrderedMetadata<RequiredScope>())
            Demand(http, scope.Name);
    }

    /// <summary>For a route that learns from the request what is asked for.</summary>
    /// <exception cref="ApiException">403: the caller's key lacks the scope.</exception>
    public void Demand(HttpContext http, string scope)
    {
        if (!IsOn || new RequiredScope(scope).IsOf(http.User))
            return;
        Challenge(http, $"{KeyManners.Bearer} error=\"insufficient_scope\", scope=\"{scope}\"");
        throw new ApiException(StatusCodes.Status403Forbidden, $"The key lacks the scope '{scope}', which this needs.");
    }

    private static bool IsAdmitted(HttpContext http) => http.User.HasClaim(claim => claim.Type == Caller.KeyClaim);

    private async ValueTask<ClaimsPrincipal> OwnerAsync(HttpContext http, KeyManners manners, string key)
    {
        const string Invalid = $"{KeyManners.Bearer} error=\"invalid_token\"";
        if (tokens.AreOn && !key.StartsWith(KeyText.Prefix, StringComparison.Ordinal))
            return await tokens.OwnerAsync(http, manners) ?? throw Refuse(http, manners, Invalid, "The token is not valid, or no longer.");

        var entry = store.Find(key) ?? throw Refuse(http, manners, Invalid, "The key is not valid.");
        if (entry.Expires is { } expires && time.GetUtcNow() >= expires)
            throw Refuse(http, manners, Invalid, "The key has expired.");
        await quotas.ChargeRequestAsync(http, entry);
        return entry.Owner;
    }

    private static ApiException Refuse(HttpContext http, KeyManners manners, string challenge, string detail)
    {
        if (manners.Refusal == StatusCodes.Status401Unauthorized)
            Challenge(http, challenge);
        return new(manners.Refusal, detail);
    }

    /// <summary>As RFC 6750, section 3, has it. What answers the exception clears headers that are set before.</summary>
    private static void Challenge(HttpContext http, string challenge) => http.Response.OnStarting(() =>
    {
        http.Response.Headers[HeaderNames.WWWAuthenticate] = challenge;
        return Task.CompletedTask;
    });
}
