using Microsoft.Extensions.Primitives;

namespace RnnServe.Server.Keys;

/// <summary>How the clients of a group of routes send a key, besides the ways that all routes know, and what they expect when it is
/// wrong.</summary>
internal sealed record KeyManners
{
    public static KeyManners Usual { get; } = new();

    /// <summary>Those of a route.</summary>
    public static KeyManners Of(EndpointMetadataCollection route) => route.GetMetadata<KeyManners>() ?? Usual;

    /// <summary>A scheme of the header Authorization; null: Bearer alone.</summary>
    public string? Scheme { get; init; }

    /// <summary>A field of the address; null: none.</summary>
    public string? Field { get; init; }

    /// <summary>The status of a refusal for want of a key: 401 or 403.</summary>
    public int Refusal { get; init; } = StatusCodes.Status401Unauthorized;

    /// <summary>Whether the clients repeat 503 at once and without end: 429 takes its place.</summary>
    public bool Repeats503 { get; init; }

    /// <summary>How a key may be sent, in words.</summary>
    public string Ways =>
        $"'Authorization: {Scheme ?? Bearer} KEY' or '{ApiKeyHeader}: KEY'{(Field is null ? "" : $", or the field '{Field}'")}";

    /// <summary>The scheme of RFC 6750, and the header that all routes know besides.</summary>
    public const string Bearer = "Bearer", ApiKeyHeader = "X-Api-Key";

    /// <summary>The key in the headers or the address of a request; null: there is none.</summary>
    public string? Find(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization is [{ } first, ..] ? first : null;
        return After(Bearer, authorization) ?? After(Scheme, authorization)
            ?? NotEmpty(request.Headers[ApiKeyHeader]) ?? (Field is null ? null : NotEmpty(request.Query[Field]));
    }

    private static string? After(string? scheme, string? authorization) =>
        scheme is not null && authorization is not null && authorization.Length > scheme.Length && authorization[scheme.Length] == ' '
        && authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[(scheme.Length + 1)..].Trim()
            : null;

    private static string? NotEmpty(StringValues values) => values is [{ Length: > 0 } value, ..] ? value : null;
}
