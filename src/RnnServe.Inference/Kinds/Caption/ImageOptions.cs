using RnnServe.Inference.Images;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>What images may cost a model.</summary>
public sealed record ImageOptions
{
    /// <summary>What an image may be like.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>Most bytes of encoded images that are remembered, in case an image comes again; 0 remembers none.</summary>
    public long CacheBytes { get; init; } = 32 << 20;
}
