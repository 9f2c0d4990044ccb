namespace RnnServe.Inference.Search;

/// <summary>One output of the search.</summary>
/// <param name="Tokens">Target tokens; the last one is the end token unless the hypothesis is truncated.</param>
/// <param name="LogProbs">Natural-log probability of each token given those before it.</param>
/// <param name="Score">Length-normalised log-probability plus the coverage penalty.</param>
internal sealed record Hypothesis(int[] Tokens, float[] LogProbs, double Score)
{
    /// <summary>Whether the maximal length was reached before the end token.</summary>
    public bool Truncated { get; init; }

    /// <summary>Attention of each token over the sentence's own source tokens; null unless asked for.</summary>
    public float[][]? Attention { get; init; }

    /// <summary>Sum of the token log-probabilities.</summary>
    public double LogProb => LogProbs.Sum(p => (double)p);
}
