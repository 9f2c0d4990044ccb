using System.Text.Json;
using System.Text.Json.Serialization;
using RnnServe.Server.Http;
using RnnServe.Server.Search;

namespace RnnServe.Server.Kinds.Translate;

/// <summary>Texts to translate, and how.</summary>
public sealed record TranslateRequest : SearchRequest, ITextRequest
{
    /// <summary>1 to 256 texts, as one string or an array of strings; each is a sentence or several paragraphs.
    /// An array is decoded as one batch and answered in the same order.</summary>
    [Required(ErrorMessage = "text is missing; it must be a string or an array of strings.")]
    public Texts? Text { get; init; }

    /// <summary>A name that GET /v1/models lists. May be left out: of the translation models for source and
    /// target, the one with the greatest priority answers, if there is one such.</summary>
    /// <example>multi30k-en-de</example>
    [AllowedLength(1, 200)]
    public string? Model { get; init; }

    /// <summary>BCP 47 code of the language of the texts; together with target it picks a model. "auto", or nothing where several
    /// languages come into question: it is detected, for all texts together, where the server has a model for that.</summary>
    /// <example>en</example>
    [AllowedLength(1, 35)]
    public string? Source { get; init; }

    /// <summary>BCP 47 code of the language to translate into.</summary>
    /// <example>de</example>
    [AllowedLength(1, 35)]
    public string? Target { get; init; }

    /// <summary>Strength β of the coverage penalty, which favours translations that leave no source word out.
    /// The model says the default, mostly 0.</summary>
    /// <example>0.0</example>
    [AllowedRange(0.0, 2.0)]
    public double? CoveragePenalty { get; init; }

    /// <summary>The translation begins with exactly these characters; they may end inside a word. For one text.</summary>
    /// <example>Der Hund</example>
    [AllowedLength(0, 2_000)]
    public string? Prefix { get; init; }

    /// <summary>Fields that the request does not have; TextRules refuses them by name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
