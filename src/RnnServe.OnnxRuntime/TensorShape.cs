namespace RnnServe.OnnxRuntime;

/// <summary>Arithmetic on shapes.</summary>
internal static class TensorShape
{
    /// <summary>Product of the dimensions; 1 for a scalar.</summary>
    internal static long Elements(ReadOnlySpan<long> shape)
    {
        long elements = 1;
        foreach (long size in shape)
        {
            if (size < 0) throw new ArgumentOutOfRangeException(nameof(shape), size, "A dimension cannot be negative.");
            elements = checked(elements * size);
        }

        return elements;
    }

    /// <summary>The shape for a message, such as "[2,3]".</summary>
    internal static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(',', shape.ToArray())}]";
}
