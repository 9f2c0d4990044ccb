using RnnServe.Inference.Images;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Kinds;

/// <summary>How a bundle is opened.</summary>
public sealed record LoadOptions
{
    /// <summary>How to open the graphs: by default with one thread per run, which is the fastest with a worker per core.</summary>
    public ExecutionOptions Sessions { get; init; } = new();

    /// <summary>What images may be like.</summary>
    public ImageLimits Images { get; init; } = new();

    /// <summary>Most bytes of encoded images that a model remembers, in case an image comes again; 0 remembers none.</summary>
    public long ImageCacheBytes { get; init; } = 32 << 20;

    /// <summary>Which graphs: <c>fp32</c> or <c>int8</c>. Null, or a precision that the bundle does not have: the bundle's
    /// default.</summary>
    public string? Precision { get; init; }

    /// <summary>How often the canary's input is answered, side by side, before the model is handed out: the first runs of a worker take
    /// longer. 0 for none.</summary>
    public int WarmUps { get; init; }
}
