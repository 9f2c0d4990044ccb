using System.ComponentModel.DataAnnotations;

namespace RnnServe.Server.Requests;

/// <summary>The translations of one request.</summary>
public sealed record TranslateResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>multi30k-en-de</example>
    public required string Model { get; init; }

    /// <summary>The version of the model.</summary>
    /// <example>"1"</example>
    public required string Version { get; init; }

    /// <summary>One translation for each text, in the order of the request.</summary>
    [Length(1, 256)]
    public required IReadOnlyList<TranslationBody> Translations { get; init; }

    /// <summary>How many tokens were read and written.</summary>
    public required UsageBody Usage { get; init; }

    /// <summary>Where the time went; only when include names timing.</summary>
    public TimingBody? Timing { get; init; }
}

/// <summary>The translation of one text.</summary>
public sealed record TranslationBody
{
    /// <summary>The translated text.</summary>
    /// <example>Ein Hund läuft.</example>
    public required string Text { get; init; }

    /// <summary>Length-normalised natural-log probability, 0 or less: higher is better.</summary>
    /// <example>-0.41</example>
    [Bounds(Maximum = 0)]
    public required double Score { get; init; }

    /// <summary>exp(mean log-probability of the tokens), above 0 and at most 1.</summary>
    /// <example>0.87</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Confidence { get; init; }

    /// <summary>Whether the translation of a sentence was cut at maxLength.</summary>
    /// <example>false</example>
    public required bool Truncated { get; init; }

    /// <summary>The next best translations, best first; only when alternatives is above 0.</summary>
    [Length(0, 15)]
    public IReadOnlyList<AlternativeBody>? Alternatives { get; init; }

    /// <summary>The target tokens; only when include names tokens.</summary>
    public IReadOnlyList<TokenBody>? Tokens { get; init; }

    /// <summary>Where each target token looked; only when include names attention.</summary>
    public AttentionBody? Attention { get; init; }
}

/// <summary>A further translation of the same text, or caption of the same image.</summary>
public sealed record AlternativeBody
{
    /// <summary>The text.</summary>
    /// <example>Ein Hund rennt.</example>
    public required string Text { get; init; }

    /// <summary>Length-normalised natural-log probability, 0 or less: higher is better.</summary>
    /// <example>-0.77</example>
    [Bounds(Maximum = 0)]
    public required double Score { get; init; }

    /// <summary>exp(mean log-probability of the tokens), above 0 and at most 1.</summary>
    /// <example>0.7</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Confidence { get; init; }
}

/// <summary>One target token.</summary>
public sealed record TokenBody
{
    /// <summary>The token: a word or a piece of one, without the space before it; the end of a sentence is a token too.</summary>
    /// <example>Ein</example>
    public required string Text { get; init; }

    /// <summary>Natural-log probability of the token after those before it, 0 or less.</summary>
    /// <example>-0.12</example>
    [Bounds(Maximum = 0)]
    public required double LogProb { get; init; }
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

/// <summary>Where the time of a request went, in milliseconds.</summary>
public sealed record TimingBody
{
    /// <summary>Reading the images: decoding and scaling, or finding them in the cache; the slowest one. Only for captions.</summary>
    /// <example>3.1</example>
    [Bounds(Minimum = 0)]
    public double? ImageMs { get; init; }

    /// <summary>Waiting for a decode worker.</summary>
    /// <example>0.2</example>
    [Bounds(Minimum = 0)]
    public required double QueueMs { get; init; }

    /// <summary>Running the encoder.</summary>
    /// <example>0.6</example>
    [Bounds(Minimum = 0)]
    public required double EncodeMs { get; init; }

    /// <summary>Running the decoder and the search.</summary>
    /// <example>4.1</example>
    [Bounds(Minimum = 0)]
    public required double DecodeMs { get; init; }

    /// <summary>The whole request, from its last byte in to its answer.</summary>
    /// <example>5.3</example>
    [Bounds(Minimum = 0)]
    public required double TotalMs { get; init; }
}
