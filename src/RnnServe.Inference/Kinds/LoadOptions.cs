using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Kinds;

/// <summary>How a bundle is opened.</summary>
public sealed record LoadOptions
{
    /// <summary>How to open the graphs: by default with one thread per run, which is the fastest with a worker per core.</summary>
    public ExecutionOptions Sessions { get; init; } = new();

    /// <summary>Limits of images and of what is remembered of them.</summary>
    public ImageOptions Images { get; init; } = new();

    /// <summary>Which graphs: <c>fp32</c> or <c>int8</c>. Null, or a precision that the bundle does not have: the bundle's default.</summary>
    public string? Precision { get; init; }
}
