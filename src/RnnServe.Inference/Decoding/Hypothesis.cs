namespace RnnServe.Inference.Decoding;

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

/// <summary>The last token of a hypothesis that is still growing, linked to what precedes it; hypotheses share their beginnings.</summary>
/// <param name="Parent">The token before; null for the start token.</param>
/// <param name="Token">The token.</param>
/// <param name="LogProb">Its natural-log probability.</param>
/// <param name="Total">Sum of the log-probabilities up to here.</param>
/// <param name="Attention">Its attention over the sentence's source tokens, shape [S]; null unless kept.</param>
internal sealed record HypothesisNode(HypothesisNode? Parent, int Token, float LogProb, double Total, float[]? Attention)
{
    /// <summary>Tokens behind the start token.</summary>
    public int Length { get; } = Parent is null ? 0 : Parent.Length + 1;

    /// <summary>The chain from the first token to this one, the start token left out.</summary>
    public HypothesisNode[] Chain()
    {
        var chain = new HypothesisNode[Length];
        for (var node = this; node.Parent is not null; node = node.Parent)
            chain[node.Length - 1] = node;
        return chain;
    }
}
