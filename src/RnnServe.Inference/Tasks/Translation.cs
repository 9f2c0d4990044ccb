using RnnServe.Inference.Batching;

namespace RnnServe.Inference.Tasks;

/// <summary>The translation of one text.</summary>
public sealed record Translation
{
    /// <summary>The best translation.</summary>
    public required string Text { get; init; }

    /// <summary>Length-normalised natural-log probability; the mean over the sentences of a longer text.</summary>
    public required double Score { get; init; }

    /// <summary>exp of the mean log-probability of all tokens, in (0, 1].</summary>
    public required double Confidence { get; init; }

    /// <summary>Whether a sentence reached the maximal length before it ended.</summary>
    public required bool Truncated { get; init; }

    /// <summary>Further translations, best first, no text twice.</summary>
    public IReadOnlyList<Alternative> Alternatives { get; init; } = [];

    /// <summary>The tokens of <see cref="Text"/>, each sentence's end token included; null unless asked for.</summary>
    public IReadOnlyList<OutputToken>? Tokens { get; init; }

    /// <summary>The attention; null unless asked for.</summary>
    public TranslationAttention? Attention { get; init; }

    /// <summary>Number of source tokens, end tokens included.</summary>
    public required int SourceTokens { get; init; }

    /// <summary>Number of target tokens, end tokens included.</summary>
    public required int TargetTokens { get; init; }

    /// <summary>Where the time went.</summary>
    public DecodeTiming Timing { get; init; }
}

/// <summary>Which source tokens each target token was read from.</summary>
/// <param name="Source">Source tokens, each sentence's end token included.</param>
/// <param name="Target">Target tokens, each sentence's end token included.</param>
/// <param name="Weights">One row per target token, one column per source token; rows sum to 1. Zero outside a token's own sentence.</param>
public sealed record TranslationAttention(
    IReadOnlyList<string> Source, IReadOnlyList<string> Target, IReadOnlyList<IReadOnlyList<float>> Weights);
