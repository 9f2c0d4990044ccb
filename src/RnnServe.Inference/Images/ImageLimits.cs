namespace RnnServe.Inference.Images;

/// <summary>What an image may cost.</summary>
public sealed record ImageLimits
{
    /// <summary>Most pixels, width x height, that the file's header may claim; more are refused before anything is decoded.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>
    /// The same for files that are in memory as a whole while they are decoded, at up to 6 bytes a pixel: progressive JPEG, interlaced PNG,
    /// WebP and GIF. Half of the others' limit, and half of that where a colour has 16 bits.
    /// </summary>
    public long MaxWholePixels => MaxPixels / 2;
}
