namespace RnnServe.Inference.Kinds;

/// <summary>How an output is searched, whatever the task; null takes the bundle's default.</summary>
public abstract record SearchOptions
{
    /// <summary>Hypotheses kept per sentence, 1 (greedy) to the bundle's limit.</summary>
    public int? BeamSize { get; init; }

    /// <summary>Further hypotheses to return, 0 to the beam size minus one.</summary>
    public int Alternatives { get; init; }

    /// <summary>Strength α of the length penalty, 0 to 2.</summary>
    public float? LengthPenalty { get; init; }

    /// <summary>Most tokens of one sentence, its end token included, 1 to the bundle's limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether to return the tokens with their log-probabilities.</summary>
    public bool Tokens { get; init; }

    /// <summary>Whether to return the attention; refused for models without it.</summary>
    public bool Attention { get; init; }

    /// <summary>Strength β of the coverage penalty; null where the task has none or the request names none.</summary>
    internal virtual float? Coverage => null;

    /// <summary>Most tokens where neither the request nor the bundle says.</summary>
    /// <param name="sourceLength">Positions of the source.</param>
    internal abstract int UsualMaxLength(int sourceLength);
}

/// <summary>How a text is translated.</summary>
public sealed record TranslationOptions : SearchOptions
{
    /// <summary>Strength β of the coverage penalty, 0 to 2; models without attention have none.</summary>
    public float? CoveragePenalty { get; init; }

    /// <inheritdoc/>
    internal override float? Coverage => CoveragePenalty;

    /// <inheritdoc/>
    internal override int UsualMaxLength(int sourceLength) => (2 * sourceLength) + 10;
}

/// <summary>How an image is captioned.</summary>
public sealed record CaptionOptions : SearchOptions
{
    /// <inheritdoc/>
    /// <remarks>Captions do not grow with the grid; those of the usual data sets have about 11 words.</remarks>
    internal override int UsualMaxLength(int sourceLength) => 30;
}
