using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Optimizers;

/// <summary>A named float array that training adjusts, with its gradient: both preallocated: a step allocates nothing.</summary>
internal sealed class Parameter(string name, params long[] shape) : IDisposable
{
    public string Name => name;

    public long[] Shape => shape;

    /// <summary>Zeros at first.</summary>
    public Tensor Value { get; } = Tensor.Allocate(ElementType.Float, shape);

    /// <summary>Zeros at first.</summary>
    public Tensor Gradient { get; } = Tensor.Allocate(ElementType.Float, shape);

    /// <summary>Number of floats.</summary>
    public int Length => checked((int)Value.Length);

    public void Dispose()
    {
        Value.Dispose();
        Gradient.Dispose();
    }
}
