using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>An image to be captioned: its pixels, or what the encoder made of them before.</summary>
/// <param name="cells">Cells of the grid, row by row.</param>
internal sealed class ImageSource(int cells) : Source
{
    public override int Length => cells;

    public override bool IsEncodedAlone => Features is null;

    /// <summary>RGB, 8 bits, [height, width, 3]; null where the features are known.</summary>
    public byte[]? Pixels { get; private init; }

    /// <summary>What the encoder gave for the image before; null where it has still to see it.</summary>
    public ImageFeatures? Features { get; private init; }

    /// <summary>Told what the encoder makes of the pixels, on the worker's thread.</summary>
    public Action<ImageFeatures>? Encoded { get; private init; }

    /// <summary>An image that the encoder has still to see.</summary>
    public static ImageSource Of(byte[] pixels, int cells, Action<ImageFeatures>? encoded = null) =>
        new(cells) { Pixels = pixels, Encoded = encoded };

    /// <summary>An image that was encoded before.</summary>
    public static ImageSource Of(ImageFeatures features, int cells) => new(cells) { Features = features };
}

/// <summary>What the encoder makes of one image: a block of numbers for each of its outputs, in the graph's order. Immutable.</summary>
internal sealed record ImageFeatures(IReadOnlyList<float[]> Outputs)
{
    /// <summary>Memory that the numbers take.</summary>
    public long Bytes => Outputs.Sum(output => (long)output.Length * sizeof(float));
}
