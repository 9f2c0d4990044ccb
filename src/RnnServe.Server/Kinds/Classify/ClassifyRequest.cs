using System.Text.Json;
using System.Text.Json.Serialization;
using RnnServe.Server.Http;

namespace RnnServe.Server.Kinds.Classify;

/// <summary>Texts to classify.</summary>
public sealed record ClassifyRequest : ITextRequest
{
    /// <summary>1 to 256 texts, as one string or an array of strings, answered in the same order.</summary>
    [Required(ErrorMessage = "text is missing; it must be a string or an array of strings.")]
    public Texts? Text { get; init; }

    /// <summary>A name that GET /v1/models lists. May be left out: of the models that classify texts of the language,
    /// the one with the greatest priority answers, if there is one such.</summary>
    /// <example>sst2-en</example>
    [AllowedLength(1, 200)]
    public string? Model { get; init; }

    /// <summary>BCP 47 code of the language of the texts; it picks a model.</summary>
    /// <example>en</example>
    [AllowedLength(1, 35)]
    public string? Language { get; init; }

    /// <summary>What else to return: attention, timing.</summary>
    /// <example>["attention"]</example>
    [AllowedItems("attention", "timing")]
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Fields that the request does not have; TextRules refuses them by name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>Whether the request names <paramref name="part"/> in include.</summary>
    internal bool Includes(string part) => Include?.Contains(part, StringComparer.Ordinal) ?? false;
}
