namespace RnnServe.Inference.Tasks;

/// <summary>How a text is translated; null takes the bundle's default.</summary>
public sealed record TranslationOptions
{
    /// <summary>Hypotheses kept per sentence, 1 (greedy) to the bundle's limit.</summary>
    public int? BeamSize { get; init; }

    /// <summary>Further hypotheses to return, 0 to the beam size minus one.</summary>
    public int Alternatives { get; init; }

    /// <summary>Strength α of the length penalty, 0 to 2.</summary>
    public float? LengthPenalty { get; init; }

    /// <summary>Strength β of the coverage penalty, 0 to 2; models without attention have none.</summary>
    public float? CoveragePenalty { get; init; }

    /// <summary>Most tokens of one sentence, its end token included, 1 to the bundle's limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether to return the tokens with their log-probabilities.</summary>
    public bool Tokens { get; init; }

    /// <summary>Whether to return the attention; refused for models without it.</summary>
    public bool Attention { get; init; }
}
