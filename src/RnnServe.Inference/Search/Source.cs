namespace RnnServe.Inference.Search;

/// <summary>What one output sentence is decoded from. The encoder of the same model knows which kind it is; the search does not.</summary>
internal abstract class Source
{
    /// <summary>Positions that the attention sees: source tokens, or cells of the image's grid.</summary>
    public abstract int Length { get; }

    /// <summary>Whether the encoder's run takes long and shares nothing with other sources.</summary>
    public virtual bool IsEncodedAlone => false;
}

/// <summary>A sentence to be translated.</summary>
/// <param name="tokens">Source tokens, the end token included; not empty.</param>
internal sealed class TextSource(int[] tokens) : Source
{
    /// <summary>Source tokens, the end token included.</summary>
    public int[] Tokens => tokens;

    public override int Length => tokens.Length;
}

/// <summary>An image to be captioned: its pixels, or what the encoder made of them once.</summary>
/// <param name="cells">Cells of the grid, row by row.</param>
internal sealed class ImageSource(int cells) : Source
{
    public override int Length => cells;

    public override bool IsEncodedAlone => Features is null;

    /// <summary>RGB, 8 bits, [height, width, 3]; null once <see cref="Features"/> are there.</summary>
    public byte[]? Pixels { get; private set; }

    /// <summary>What the encoder gave; null before it ran.</summary>
    public ImageFeatures? Features { get; private set; }

    /// <summary>An image that the encoder has still to see.</summary>
    public static ImageSource Of(byte[] pixels, int cells) => new(cells) { Pixels = pixels };

    /// <summary>An image that was encoded before.</summary>
    public static ImageSource Of(ImageFeatures features, int cells) => new(cells) { Features = features };

    /// <summary>Keeps what the encoder gave; the pixels are not needed any more.</summary>
    public void SetFeatures(ImageFeatures features)
    {
        Features = features;
        Pixels = null;
    }
}

/// <summary>What the encoder makes of one image: a block of numbers for each of its outputs, in the graph's order. Immutable.</summary>
internal sealed record ImageFeatures(IReadOnlyList<float[]> Outputs)
{
    /// <summary>Memory that the numbers take.</summary>
    public long Bytes => Outputs.Sum(output => (long)output.Length * sizeof(float));
}
