using RnnServe.Inference.Onnx;

namespace RnnServe.Training;

/// <summary>A named float array that training adjusts, with its gradient: both preallocated native memory, so a step allocates nothing.</summary>
internal sealed class Parameter : IDisposable
{
    /// <summary>Allocates value and gradient, both zero.</summary>
    public Parameter(string name, params ReadOnlySpan<long> shape)
    {
        Name = name;
        Shape = shape.ToArray();
        Value = Tensor.Allocate(ElementType.Float, shape);
        Gradient = Tensor.Allocate(ElementType.Float, shape);
    }

    public string Name { get; }

    public long[] Shape { get; }

    public Tensor Value { get; }

    public Tensor Gradient { get; }

    /// <summary>Number of floats.</summary>
    public int Length => checked((int)Value.Length);

    public void Dispose()
    {
        Value.Dispose();
        Gradient.Dispose();
    }
}
