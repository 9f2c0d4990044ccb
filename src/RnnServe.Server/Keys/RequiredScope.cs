using System.Security.Claims;
using RnnServe.Server.Http;

namespace RnnServe.Server.Keys;

/// <summary>Something that a caller may do: keys are for a set of them. Those of the models are their kinds' own.</summary>
/// <param name="Name">The word that a key's entry has.</param>
internal sealed record RequiredScope(string Name)
{
    /// <summary>Changing what the server serves, and reading what it measures.</summary>
    public const string Admin = "admin", Metrics = "metrics";

    private const string Claim = "scope";

    /// <summary>The caller that a key or a token stands for.</summary>
    /// <param name="key">Identifies it.</param>
    /// <param name="priority">Of its requests.</param>
    /// <param name="scopes">What it may do.</param>
    public static ClaimsPrincipal Owner(string key, string priority, IEnumerable<string> scopes)
    {
        Claim[] caller = [new(Caller.KeyClaim, key), new(Caller.PriorityClaim, priority)];
        var claims = caller.Concat(scopes.Select(scope => new Claim(Claim, scope)));
        return new(new ClaimsIdentity(claims, authenticationType: "key", Caller.KeyClaim, Claim));
    }

    /// <summary>Whether a caller may do this.</summary>
    public bool IsOf(ClaimsPrincipal caller) => caller.HasClaim(Claim, Name);
}

/// <summary>What a route asks of its callers; without any of these, a key.</summary>
internal static class RouteScopes
{
    /// <summary>The key must have this scope: <c>app.MapGet("/metrics", ...).RequireScope(RequiredScope.Metrics)</c>. Routes that need no
    /// key say so by <c>AllowAnonymous()</c>.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder route, string scope) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new RequiredScope(scope));

    /// <summary>The key may be in the body: the handler has it, and calls <see cref="KeyGate.AdmitAsync"/> when it has read it.</summary>
    public static TBuilder TakesKeyInBody<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(KeyInBody.Instance);
}

/// <summary>Marks a route whose handler admits who has no key elsewhere.</summary>
internal sealed record KeyInBody
{
    public static KeyInBody Instance { get; } = new();
}
