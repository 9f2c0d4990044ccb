namespace RnnServe.Inference.Kinds.Translate;

/// <summary>The translation of one text.</summary>
public sealed record Translation : Answer
{
    /// <summary>The attention; null unless asked for.</summary>
    public TranslationAttention? Attention { get; init; }

    /// <summary>Number of source tokens, end tokens included.</summary>
    public required int SourceTokens { get; init; }

    /// <summary>Number of target tokens, end tokens included.</summary>
    public required int TargetTokens { get; init; }
}

/// <summary>Which source tokens each target token was read from.</summary>
/// <param name="Source">Source tokens, each sentence's end token included.</param>
/// <param name="Target">Target tokens, each sentence's end token included.</param>
/// <param name="Weights">One row per target token, one column per source token; rows sum to 1. Zero outside a token's own sentence.</param>
public sealed record TranslationAttention(
    IReadOnlyList<string> Source, IReadOnlyList<string> Target, IReadOnlyList<IReadOnlyList<float>> Weights);
