using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Keys;

/// <summary>Callers who have a token (JWT) of the configured issuer; JwtBearer checks it.</summary>
internal sealed partial class Tokens(
    IOptions<KeysOptions> options, IOptionsMonitor<JwtBearerOptions> bearer, IOptions<LimitsOptions> limits)
{
    /// <summary>Claims that may have the scopes: of RFC 8693 and of Microsoft's issuers.</summary>
    private static readonly string[] Scopes = ["scope", "scp"];

    /// <summary>Claims that say for whom it was issued, the program rather than a person.</summary>
    private static readonly string[] Names = ["azp", "client_id", "appid", "sub"];

    public bool AreOn { get; } = options.Value.HasAuthority;

    /// <summary>Who sent the token of the request's header Authorization; null: it is not valid.</summary>
    /// <exception cref="ApiException">503, or 429 where clients repeat that: the issuer's keys cannot be had now.</exception>
    public async Task<ClaimsPrincipal?> OwnerAsync(HttpContext http, KeyManners manners)
    {
        await CheckIssuerAsync(manners, http.RequestAborted);
        var result = await http.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        if (result.Principal is not { } token)
            return null;
        string priority = token.HasClaim(Caller.PriorityClaim, Caller.Bulk) ? Caller.Bulk : Caller.Interactive;
        var scopes = Scopes.SelectMany(token.FindAll).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return RequiredScope.Owner(IdOf(token), priority, scopes);
    }

    /// <summary>Without the issuer's keys JwtBearer would say that the token is wrong. They are kept once they are known.</summary>
    private async Task CheckIssuerAsync(KeyManners manners, CancellationToken cancellation)
    {
        try
        {
            await bearer.Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager!.GetConfigurationAsync(cancellation);
        }
        catch (InvalidOperationException)
        {
            const string Detail = "The issuer of tokens does not answer.";
            throw manners.Repeats503 ? ApiException.NoRoom(Detail, limits.Value) : ApiException.Unavailable(Detail, limits.Value);
        }
    }

    /// <summary>Short, and no person's address: it may become a label of metrics.</summary>
    private static string IdOf(ClaimsPrincipal token)
    {
        string name = Names.Select(token.FindFirst).FirstOrDefault(claim => claim is not null)?.Value ?? "token";
        return Short().IsMatch(name) ? name : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16];
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Short();
}
