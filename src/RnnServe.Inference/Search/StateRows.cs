using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Search;

/// <summary>One tensor of the recurrent state, [R, H], with the copy that the next step or reordering writes.</summary>
/// <param name="size">H.</param>
internal sealed class StateRows(int size) : IDisposable
{
    private RowBuffer current = new(ElementType.Float);
    private RowBuffer spare = new(ElementType.Float);

    /// <summary>The valid rows: a step's input.</summary>
    public Tensor Current => current.Tensor;

    /// <summary>Room for as many rows: a step's output.</summary>
    public Tensor Spare(int rows) => spare.Shape(rows, size);

    /// <summary>Whether the copies have changed places.</summary>
    public bool Swapped { get; private set; }

    /// <summary>Makes what was written to <see cref="Spare"/> valid.</summary>
    public void Swap() => (current, spare, Swapped) = (spare, current, !Swapped);

    /// <summary>Appends rows: each newcomer's first state, repeated for every beam.</summary>
    /// <param name="rows">Rows that are valid now.</param>
    /// <param name="first">Shape [at least n, H].</param>
    /// <param name="newcomers">n.</param>
    /// <param name="width">Rows per sentence.</param>
    public void Append(int rows, Tensor first, int newcomers, int width)
    {
        int all = rows + (newcomers * width);
        var data = (rows == 0 ? current.Shape(all, size) : current.Resize(all, size)).AsSpan<float>();
        var states = first.AsSpan<float>();
        for (int row = rows; row < all; row++)
            states.Slice((row - rows) / width * size, size).CopyTo(data[(row * size)..]);
    }

    /// <summary>Makes row i what row <paramref name="parents"/>[i] was.</summary>
    public void Gather(ReadOnlySpan<int> parents)
    {
        var from = current.Tensor.AsSpan<float>();
        var to = spare.Shape(parents.Length, size).AsSpan<float>();
        for (int row = 0; row < parents.Length; row++)
            from.Slice(parents[row] * size, size).CopyTo(to[(row * size)..]);
        Swap();
    }

    public void Dispose()
    {
        current.Dispose();
        spare.Dispose();
    }
}
