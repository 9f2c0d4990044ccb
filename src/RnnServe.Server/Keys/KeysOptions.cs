using StackExchange.Redis;

namespace RnnServe.Server.Keys;

/// <summary>Who may ask this server. Section "Keys".</summary>
public sealed class KeysOptions : IValidatableObject
{
    /// <summary>The file of keys that <c>RnnServe.Server keys</c> writes; a relative one is looked for in the content root. Null: no
    /// keys.</summary>
    public string? File { get; set; }

    /// <summary>Whether a server without keys listens on other addresses than those of the machine itself.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Address of an OpenID Connect issuer whose tokens (JWT) are accepted like keys; null: none.</summary>
    public string? Authority { get; set; }

    /// <summary>The audience that its tokens must be for.</summary>
    public string? Audience { get; set; }

    /// <summary>Whether <see cref="Authority"/> must be an https address.</summary>
    public bool RequireHttpsMetadata { get; set; } = true;

    /// <summary>Redis in which several servers count quotas together, as StackExchange.Redis writes it, such as redis:6379; null: each
    /// server counts for itself.</summary>
    public string? Redis { get; set; }

    /// <summary>Whether a request needs a key.</summary>
    internal bool AreOn => HasFile || HasAuthority;

    internal bool HasFile => !string.IsNullOrEmpty(File);

    internal bool HasAuthority => !string.IsNullOrEmpty(Authority);

    internal bool HasRedis => !string.IsNullOrEmpty(Redis);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AllowAnonymous && AreOn)
            yield return new("AllowAnonymous must be false where there are keys (File or Authority).", [nameof(AllowAnonymous)]);
        if (HasAuthority && !IsAddress(Authority!))
        {
            string allowed = RequireHttpsMetadata ? "an https address, or RequireHttpsMetadata false" : "an http or https address";
            yield return new($"Authority is '{Authority}', but must be {allowed}.", [nameof(Authority)]);
        }

        if (HasAuthority && string.IsNullOrEmpty(Audience))
            yield return new("Authority needs Audience: tokens for other services would be accepted.", [nameof(Audience)]);
        if (HasRedis && !HasFile)
            yield return new("Redis needs File: keys have quotas.", [nameof(Redis)]);
        if (HasRedis && !CanParse(Redis!))
            yield return new("Redis is not what StackExchange.Redis can read, such as redis:6379,password=...", [nameof(Redis)]);
    }

    private bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && !RequireHttpsMetadata));

    private static bool CanParse(string redis)
    {
        try
        {
            return ConfigurationOptions.Parse(redis).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

[OptionsValidator]
internal sealed partial class KeysOptionsValidator : IValidateOptions<KeysOptions>;
