namespace RnnServe.Inference.Images;

/// <summary>What an image may cost.</summary>
public sealed record ImageLimits
{
    /// <summary>Most pixels, width x height, that the file's header may claim; more are refused before anything is decoded.</summary>
    public long MaxPixels { get; init; } = 50_000_000;
}
