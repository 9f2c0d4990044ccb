using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RnnServe.Server.Http;

namespace RnnServe.Server.Keys;

/// <summary>What the file has of a key: everything but its secret.</summary>
internal sealed record KeyEntry
{
    /// <summary>The part of the key by which it is found; no secret.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is, for people.</summary>
    public required string Name { get; init; }

    /// <summary>Random bytes before the secret, so that two files show nothing of a key that is in both.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>SHA-256 of salt and secret.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>What its owner may do.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary><c>interactive</c> or <c>bulk</c>.</summary>
    public string Priority { get; init; } = Caller.Interactive;

    /// <summary>How much its owner may ask for; null: anything.</summary>
    public KeyQuotas? Quotas { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>From when on it is refused; null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Its owner, made once: requests read it and do not change it.</summary>
    [JsonIgnore]
    public ClaimsPrincipal Owner => field ??= RequiredScope.Owner(Id, Priority, Scopes);
}

/// <summary>The most of each in a minute, 1 to 2,147,483,647; null: any number.</summary>
internal sealed record KeyQuotas
{
    public int? Requests { get; init; }

    public int? Characters { get; init; }

    public int? Images { get; init; }

    /// <summary>Those that have a limit.</summary>
    [JsonIgnore]
    public IEnumerable<(ChargedUnit Unit, int Limit)> Limits =>
        from one in new[] { (ChargedUnit.Requests, Requests), (ChargedUnit.Characters, Characters), (ChargedUnit.Images, Images) }
        where one.Item2 is not null
        select (one.Item1, one.Item2!.Value);
}

/// <summary>The file of keys.</summary>
internal sealed record KeyList
{
    public required IReadOnlyList<KeyEntry> Keys { get; init; }
}

/// <summary>Its JSON: what it does not know is refused, since a misspelt quota would not limit.</summary>
[JsonSerializable(typeof(KeyList))]
internal sealed partial class KeyJson : JsonSerializerContext
{
    public static KeyJson File { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    });
}
