namespace RnnServe.OnnxRuntime;

/// <summary>What the binding knows about each <see cref="ElementType"/>.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    /// <exception cref="NotSupportedException">The elements have no fixed size in memory.</exception>
    internal static int Size(ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Double or ElementType.Int64 or ElementType.UInt64 => 8,
        _ => throw new NotSupportedException($"Tensors of {type} are not supported."),
    };

    /// <summary>The element type that C#'s <typeparamref name="T"/> stands for.</summary>
    /// <exception cref="NotSupportedException">ONNX has no such type.</exception>
    internal static ElementType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return ElementType.Float;
        if (typeof(T) == typeof(long)) return ElementType.Int64;
        if (typeof(T) == typeof(int)) return ElementType.Int32;
        if (typeof(T) == typeof(bool)) return ElementType.Bool;
        if (typeof(T) == typeof(byte)) return ElementType.UInt8;
        if (typeof(T) == typeof(sbyte)) return ElementType.Int8;
        if (typeof(T) == typeof(double)) return ElementType.Double;
        if (typeof(T) == typeof(Half)) return ElementType.Float16;
        if (typeof(T) == typeof(ushort)) return ElementType.UInt16;
        if (typeof(T) == typeof(short)) return ElementType.Int16;
        if (typeof(T) == typeof(uint)) return ElementType.UInt32;
        if (typeof(T) == typeof(ulong)) return ElementType.UInt64;
        throw new NotSupportedException($"No tensor has elements of {typeof(T)}.");
    }

    /// <summary>Whether elements of <paramref name="type"/> may be read as <typeparamref name="T"/>.</summary>
    internal static bool Matches<T>(ElementType type) where T : unmanaged =>
        Of<T>() == type
        || (typeof(T) == typeof(ushort) && type is (ElementType.Float16 or ElementType.BFloat16));
}
