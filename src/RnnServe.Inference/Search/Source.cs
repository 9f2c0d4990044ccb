namespace RnnServe.Inference.Search;

/// <summary>What one output sentence is decoded from. The encoder of the same model knows which kind it is; the search does not.</summary>
internal abstract class Source
{
    /// <summary>Positions that the attention sees: source tokens, or cells of the image's grid.</summary>
    public abstract int Length { get; }

    /// <summary>Whether the encoder's run takes long and shares nothing with other sources.</summary>
    public virtual bool IsEncodedAlone => false;
}

/// <summary>A text as tokens.</summary>
/// <param name="tokens">Source tokens, the end token included; not empty.</param>
internal sealed class TextSource(int[] tokens) : Source
{
    /// <summary>Source tokens, the end token included.</summary>
    public int[] Tokens => tokens;

    public override int Length => tokens.Length;
}
