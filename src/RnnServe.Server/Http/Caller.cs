namespace RnnServe.Server.Http;

/// <summary>Who asks.</summary>
/// <param name="Key">Identifier of the caller's key: short, stable, and no secret.</param>
/// <param name="Priority"><see cref="Interactive"/> or <see cref="Bulk"/>.</param>
internal sealed record Caller(string Key, string Priority)
{
    /// <summary>Somebody waits for the answer.</summary>
    public const string Interactive = "interactive";

    /// <summary>Nobody waits: others come first.</summary>
    public const string Bulk = "bulk";

    /// <summary>The claims of <see cref="HttpContext.User"/> that have the two.</summary>
    public const string KeyClaim = "key", PriorityClaim = "priority";

    /// <summary>Everybody, where the server has no keys, and on routes that need none.</summary>
    public static Caller Anonymous { get; } = new("anonymous", Interactive);

    /// <summary>The caller of a request that has been admitted.</summary>
    public static Caller Of(HttpContext http) => http.User.FindFirst(KeyClaim) is { } key
        ? new(key.Value, http.User.FindFirst(PriorityClaim)?.Value ?? Interactive)
        : Anonymous;
}
