using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds.Classify;

/// <summary>What a model says of one text.</summary>
public sealed record Classification
{
    /// <summary>The likeliest label; of equally likely ones the first.</summary>
    public required string Label { get; init; }

    /// <summary>Probability of each label, in the order of the bundle's labels.</summary>
    public required IReadOnlyList<double> Probabilities { get; init; }

    /// <summary>Whether the text is longer than the model reads.</summary>
    public required bool Truncated { get; init; }

    /// <summary>How much each token counted; null unless asked for.</summary>
    public ClassificationAttention? Attention { get; init; }

    /// <summary>Number of tokens that were read.</summary>
    public required int SourceTokens { get; init; }

    /// <summary>Where the time went.</summary>
    public required DecodeTiming Timing { get; init; }

    /// <summary>Probability of <see cref="Label"/>.</summary>
    public double Probability => Probabilities.Max();
}

/// <summary>How much each token counted.</summary>
/// <param name="Tokens">The tokens, as the text has them.</param>
/// <param name="Weights">Of each token; the sum is 1.</param>
public sealed record ClassificationAttention(IReadOnlyList<string> Tokens, IReadOnlyList<float> Weights);

/// <summary>A text has nothing that the model reads; nothing of its request was queued.</summary>
/// <param name="index">Which text of the request.</param>
public sealed class NoTokenException(int index) : Exception($"Text {index} has no token.")
{
    /// <summary>Which text of the request.</summary>
    public int Index => index;
}
