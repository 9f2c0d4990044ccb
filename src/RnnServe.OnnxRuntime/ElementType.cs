namespace RnnServe.OnnxRuntime;

#pragma warning disable CA1720 // The names are ONNX's own.
/// <summary>Type of a tensor's elements; the values are ONNX's.</summary>
public enum ElementType
{
    /// <summary>32-bit floating point, <see cref="float"/>.</summary>
    Float = 1,

    /// <summary>Unsigned 8-bit integer, <see cref="byte"/>.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit integer, <see cref="sbyte"/>.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit integer, <see cref="ushort"/>.</summary>
    UInt16 = 4,

    /// <summary>Signed 16-bit integer, <see cref="short"/>.</summary>
    Int16 = 5,

    /// <summary>Signed 32-bit integer, <see cref="int"/>.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit integer, <see cref="long"/>.</summary>
    Int64 = 7,

    /// <summary>Text. Seen in <see cref="Session.Inputs"/> only: tensors of text cannot be made or read.</summary>
    String = 8,

    /// <summary>One byte, 0 or 1, <see cref="bool"/>.</summary>
    Bool = 9,

    /// <summary>IEEE 16-bit floating point, <see cref="Half"/>, or its bits as <see cref="ushort"/>.</summary>
    Float16 = 10,

    /// <summary>64-bit floating point, <see cref="double"/>.</summary>
    Double = 11,

    /// <summary>Unsigned 32-bit integer, <see cref="uint"/>.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64-bit integer, <see cref="ulong"/>.</summary>
    UInt64 = 13,

    /// <summary>The upper 16 bits of a <see cref="float"/>, as <see cref="ushort"/>.</summary>
    BFloat16 = 16,
}
#pragma warning restore CA1720
