using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Search;

/// <summary>A tensor of rows that grows with the largest batch so far and is never allocated again after that.</summary>
/// <param name="type">Element type.</param>
internal sealed class RowBuffer(ElementType type) : IDisposable
{
    private Tensor? tensor;

    /// <summary>The tensor in its present shape.</summary>
    /// <exception cref="InvalidOperationException">It was never shaped.</exception>
    public Tensor Tensor => tensor ?? throw new InvalidOperationException("The buffer has no shape yet.");

    /// <summary>Gives the tensor a shape; what it held before is lost.</summary>
    public Tensor Shape(params ReadOnlySpan<long> shape)
    {
        Ensure(shape, keep: false);
        return Tensor;
    }

    /// <summary>Gives the tensor a shape; its elements stay in their flat order.</summary>
    public Tensor Resize(params ReadOnlySpan<long> shape)
    {
        Ensure(shape, keep: true);
        return Tensor;
    }

    public void Dispose() => tensor?.Dispose();

    private void Ensure(ReadOnlySpan<long> shape, bool keep)
    {
        long length = 1;
        foreach (long size in shape)
            length *= size;
        if (tensor is not null && tensor.Capacity >= length)
        {
            tensor.Reshape(shape);
            return;
        }

        // Half as much again, so that a batch that grows by one sentence at a time does not allocate each time.
        var larger = Tensor.Allocate(type, length + (length / 2));
        if (tensor is not null)
        {
            if (keep)
                tensor.AsSpan<float>().CopyTo(larger.AsSpan<float>());
            tensor.Dispose();
        }

        larger.Reshape(shape);
        tensor = larger;
    }
}
