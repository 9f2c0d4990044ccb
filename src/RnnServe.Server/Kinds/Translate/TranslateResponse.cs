using System.Text.Json.Serialization;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Search;

namespace RnnServe.Server.Kinds.Translate;

/// <summary>The translations of one request.</summary>
public sealed record TranslateResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>multi30k-en-de</example>
    public required string Model { get; init; }

    /// <summary>The version of the model.</summary>
    /// <example>"1"</example>
    public required string Version { get; init; }

    /// <summary>The language that the texts were found to be in; only when the request leaves it open.</summary>
    public DetectedBody? DetectedSource { get; init; }

    /// <summary>One translation for each text, in the order of the request.</summary>
    [Length(1, 256)]
    public required IReadOnlyList<TranslationBody> Translations { get; init; }

    /// <summary>How many tokens were read and written.</summary>
    public required UsageBody Usage { get; init; }

    /// <summary>Where the time went; only when include names timing.</summary>
    public TimingBody? Timing { get; init; }
}

/// <summary>The language that the texts of a request were found to be in.</summary>
public sealed record DetectedBody
{
    /// <summary>BCP 47 code.</summary>
    /// <example>en</example>
    public required string Language { get; init; }

    /// <summary>Its probability among the languages of the models that come into question.</summary>
    /// <example>0.99</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Confidence { get; init; }

    internal static DetectedBody? Of(DetectedLanguage? found) =>
        found is null ? null : new() { Language = found.Language, Confidence = found.Confidence };
}

/// <summary>The translation of one text.</summary>
public sealed record TranslationBody : AnswerBody
{
    /// <summary>Where each target token looked; only when include names attention.</summary>
    [JsonPropertyOrder(1)]
    public AttentionBody? Attention { get; init; }

    internal static TranslationBody Of(Translation translation, SearchRequest request) => Of(translation, request, new TranslationBody
    {
        Attention = translation.Attention is { } attention
            ? new AttentionBody { Source = attention.Source, Target = attention.Target, Weights = attention.Weights }
            : null,
    });
}

/// <summary>Attention of one translation.</summary>
public sealed record AttentionBody
{
    /// <summary>The source tokens: the columns of the weights.</summary>
    /// <example>["A", "dog"]</example>
    public required IReadOnlyList<string> Source { get; init; }

    /// <summary>The target tokens: the rows of the weights.</summary>
    /// <example>["Ein", "Hund"]</example>
    public required IReadOnlyList<string> Target { get; init; }

    /// <summary>One row for each target token; a row sums to 1.</summary>
    /// <example>[[0.9, 0.1], [0.1, 0.9]]</example>
    public required IReadOnlyList<IReadOnlyList<float>> Weights { get; init; }
}

/// <summary>Tokens that a request cost.</summary>
public sealed record UsageBody
{
    /// <summary>Tokens of all texts.</summary>
    /// <example>5</example>
    [Bounds(Minimum = 0)]
    public required int SourceTokens { get; init; }

    /// <summary>Tokens of all translations.</summary>
    /// <example>5</example>
    [Bounds(Minimum = 0)]
    public required int TargetTokens { get; init; }
}
