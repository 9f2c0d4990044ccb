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

/// <summary>A text that every hypothesis goes on with behind a forced beginning, to the last byte, also where that is inside a
/// token.</summary>
/// <param name="text">The text, as UTF-8.</param>
/// <param name="from">Tokens of the forced beginning.</param>
/// <param name="first">What each token adds where it is the first of all.</param>
/// <param name="following">What it adds behind others; nothing: it is impossible as long as there is text left.</param>
/// <param name="spelling">The tokens that spell a character byte by byte.</param>
/// <param name="never">Tokens that are impossible behind the text as well.</param>
internal sealed class ForcedText(
    ReadOnlyMemory<byte> text,
    int from,
    byte[][] first,
    byte[][] following,
    IReadOnlySet<int> spelling,
    IReadOnlyList<int> never) : IConstraint
{
    public void Restrict(ReadOnlySpan<int> soFar, Span<float> logits)
    {
        if (soFar.Length < from)
            return;
        foreach (int token in never)
            logits[token] = float.NegativeInfinity;
        var (place, next) = (0, from);
        for (; next < soFar.Length && place < text.Length; next++)
            place += Added(next)[soFar[next]].Length;
        if (place >= text.Length)
        {
            // A run of bytes that is no UTF-8 is shown as such from its first byte on: as long as the run goes on that ends the text, no
            // character may begin that could stay incomplete.
            if (next > 0 && IsSpelt(soFar[(next - 1)..]))
                ForbidIncomplete(logits);
            return;
        }

        var left = text.Span[place..];
        for (int token = 0; token < logits.Length; token++)
        {
            if (!GoesOn(token, soFar.Length, left))
                logits[token] = float.NegativeInfinity;
        }
    }

    /// <summary>Whether a token adds nothing else than what is left. The first may add nothing, where it is a blank that goes there and
    /// does not behind others: what comes next adds something.</summary>
    private bool GoesOn(int token, int position, ReadOnlySpan<byte> left)
    {
        ReadOnlySpan<byte> bytes = Added(position)[token];
        return bytes.IsEmpty
            ? position == 0 && following[token].Length > 0
            : bytes.StartsWith(left[..Math.Min(bytes.Length, left.Length)]);
    }

    private bool IsSpelt(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            if (!spelling.Contains(token))
                return false;
        }

        return true;
    }

    private void ForbidIncomplete(Span<float> logits)
    {
        foreach (int token in spelling)
        {
            if (following[token] is [>= 0x80])
                logits[token] = float.NegativeInfinity;
        }
    }

    private byte[][] Added(int position) => position == 0 ? first : following;
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
