namespace RnnServe.Inference.Search;

/// <summary>How the rows of one sentence go on: a policy without tensors. <see cref="SearchRows"/> steps it beside other
/// policies.</summary>
/// <remarks>A step allocates nothing unless hypotheses end. Not thread-safe.</remarks>
internal interface ISearch
{
    /// <summary>What the sentence is decoded from.</summary>
    Source Source { get; }

    /// <summary>Rows of the sentence K; a beam is one of them.</summary>
    int Width { get; }

    /// <summary>Whether <see cref="Advance"/> wants the attention.</summary>
    bool NeedsAttention { get; }

    /// <summary>Number of live hypotheses, at most K: beams 0 to Live - 1.</summary>
    int Live { get; }

    /// <summary>Whether the search is over.</summary>
    bool Done { get; }

    /// <summary>Last token of a live hypothesis.</summary>
    int Token(int beam);

    /// <summary>The beam that a live hypothesis had before the last step.</summary>
    int Parent(int beam);

    /// <summary>Takes one step.</summary>
    /// <param name="logits">Logits of this sentence's beams, shape [at least Live, V].</param>
    /// <param name="vocabularySize">V.</param>
    /// <param name="attention">Attention of this sentence's beams, shape [at least Live, S]; empty unless needed.</param>
    /// <param name="stride">S of the batch, at least this sentence's.</param>
    /// <exception cref="NotFiniteNumberException">A live hypothesis has logits that are no numbers.</exception>
    void Advance(ReadOnlySpan<float> logits, int vocabularySize, ReadOnlySpan<float> attention, int stride);

    /// <summary>The tokens that everything begins with which may still become the best: never fewer than before.</summary>
    /// <param name="known">How many of them are known already.</param>
    /// <returns>Null where there are no more than those.</returns>
    int[]? Agreed(int known);

    /// <summary>What was wanted, best first, once the search is over.</summary>
    IReadOnlyList<Hypothesis> Results();

    /// <summary>The best tokens of a row, and what turns its logits into log-probabilities.</summary>
    /// <inheritdoc cref="TopK.Select(ReadOnlySpan{float}, Span{float}, Span{int})"/>
    /// <exception cref="NotFiniteNumberException">The logits are no numbers.</exception>
    static float LogSum(ReadOnlySpan<float> logits, Span<float> values, Span<int> tokens)
    {
        float logSum = TopK.Select(logits, values, tokens);
        return float.IsFinite(logSum) ? logSum : throw new NotFiniteNumberException("The decoder's logits are not finite numbers.", logSum);
    }
}
