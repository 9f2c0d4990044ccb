namespace RnnServe.Inference.Search;

/// <summary>Says what a hypothesis may go on with. Probabilities stay the model's own: what is impossible is only not chosen.</summary>
/// <remarks>One object serves all hypotheses of a sentence and keeps no state of any.</remarks>
internal interface IConstraint
{
    /// <summary>Makes tokens impossible by setting their logits to negative infinity. Where none is left, the hypothesis is cut
    /// there.</summary>
    /// <param name="soFar">The tokens of the hypothesis.</param>
    /// <param name="logits">Of its next token, shape [V].</param>
    void Restrict(ReadOnlySpan<int> soFar, Span<float> logits);
}

/// <summary>A beginning that every hypothesis has.</summary>
/// <param name="prefix">Its tokens.</param>
internal sealed class ForcedPrefix(IReadOnlyList<int> prefix) : IConstraint
{
    public void Restrict(ReadOnlySpan<int> soFar, Span<float> logits)
    {
        if (soFar.Length >= prefix.Count)
            return;
        int forced = prefix[soFar.Length];
        float logit = logits[forced];
        logits.Fill(float.NegativeInfinity);
        logits[forced] = logit;
    }
}

/// <summary>What two constraints allow.</summary>
internal sealed class BothConstraints(IConstraint first, IConstraint second) : IConstraint
{
    public void Restrict(ReadOnlySpan<int> soFar, Span<float> logits)
    {
        first.Restrict(soFar, logits);
        second.Restrict(soFar, logits);
    }
}

/// <summary>A copy of a row of logits without what a constraint makes impossible; the decoder's own row stays as it is.</summary>
internal sealed class RestrictedRow(IConstraint constraint)
{
    private float[] row = [];
    private int[] path = [];

    /// <summary>Valid until the next call.</summary>
    /// <param name="logits">Of the hypothesis's next token.</param>
    /// <param name="tree">Has its tokens.</param>
    /// <param name="node">The last of them.</param>
    /// <param name="length">How many there are.</param>
    public ReadOnlySpan<float> Restrict(ReadOnlySpan<float> logits, HypothesisTree tree, int node, int length)
    {
        if (row.Length < logits.Length)
            row = new float[logits.Length];
        if (path.Length < length)
            path = new int[Math.Max(length, 2 * path.Length)];
        tree.TokensOf(node, path.AsSpan(0, length));
        logits.CopyTo(row);
        constraint.Restrict(path.AsSpan(0, length), row.AsSpan(0, logits.Length));
        return row.AsSpan(0, logits.Length);
    }
}
