using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace RnnServe.Tests.Server.Keys;

/// <summary>An OpenID Connect issuer: its metadata and keys over HTTP, and tokens that it signs.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly RSA rsa = RSA.Create(2048);
    private readonly RsaSecurityKey key;

    private TokenIssuer()
    {
        key = new RsaSecurityKey(rsa) { KeyId = "one" };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Url, jwks_uri = $"{Url}/keys" }));
        app.MapGet("/keys", () =>
        {
            var parts = rsa.ExportParameters(includePrivateParameters: false);
            string n = Base64UrlEncoder.Encode(parts.Modulus), e = Base64UrlEncoder.Encode(parts.Exponent);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = key.KeyId, alg = "RS256", n, e } } });
        });
    }

    public string Url => app.Urls.First();

    public static async Task<TokenIssuer> StartAsync()
    {
        var issuer = new TokenIssuer();
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>A token.</summary>
    /// <param name="audience">For whom.</param>
    /// <param name="claims">What it says.</param>
    /// <param name="lifetime">From now; negative: it is over.</param>
    /// <param name="signer">Who signs; null: this issuer.</param>
    public string Token(string audience, Dictionary<string, object> claims, TimeSpan lifetime, RSA? signer = null)
    {
        var signing = signer is null ? key : new RsaSecurityKey(signer) { KeyId = "one" };
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Url,
            Audience = audience,
            Claims = claims,
            IssuedAt = now.AddHours(-2),
            NotBefore = now.AddHours(-2),
            Expires = now + lifetime,
            SigningCredentials = new SigningCredentials(signing, SecurityAlgorithms.RsaSha256),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        rsa.Dispose();
    }
}
