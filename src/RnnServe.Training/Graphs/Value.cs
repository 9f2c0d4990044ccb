using System.Runtime.InteropServices;

namespace RnnServe.Training.Graphs;

/// <summary>What a value that no operator produces stands for.</summary>
internal enum LeafKind
{
    /// <summary>Not a leaf: some node produces it.</summary>
    None,

    /// <summary>A named input of the graph, fed at every run.</summary>
    Input,

    /// <summary>A named weight: fed while training, an initializer in an exported graph.</summary>
    Parameter,

    /// <summary>Data fixed when the graph is built.</summary>
    Constant,

    /// <summary>A state or a slice that a Scan hands to its body.</summary>
    BodyInput,
}

/// <summary>A tensor in a graph: a leaf, or an output of a node. Immutable but for its bound; a graph is what its outputs reach.</summary>
internal sealed class Value
{
    private Value(LeafKind leaf, string? name, ElementType type, Shape shape)
    {
        (Leaf, Name, Type, Shape) = (leaf, name, type, shape);
    }

    internal Value(Node producer, ElementType type, Shape shape)
        : this(LeafKind.None, null, type, shape) => Producer = producer;

    public LeafKind Leaf { get; }

    /// <summary>The name of an input or a parameter; otherwise null, and the writer invents one.</summary>
    public string? Name { get; }

    public ElementType Type { get; }

    public Shape Shape { get; }

    /// <summary>The greatest absolute value of an element, where no rule about operators finds it; null where it is not told.</summary>
    public double? Bound { get; private set; }

    /// <summary>The node that computes it; null for a leaf.</summary>
    public Node? Producer { get; }

    /// <summary>A constant's elements, little-endian and row-major, as ONNX stores them.</summary>
    public ReadOnlyMemory<byte> Data { get; private init; }

    /// <summary>Tells a bound that follows from how the network is built. Nothing that is computed depends on it.</summary>
    public Value Bounded(double? bound)
    {
        Bound = bound;
        return this;
    }

    public static Value Input(string name, ElementType type, params Dim[] shape) =>
        new(LeafKind.Input, name, type, new(shape));

    public static Value Parameter(string name, ElementType type, params Dim[] shape) =>
        new(LeafKind.Parameter, name, type, new(shape));

    public static Value BodyInput(string role, ElementType type, Shape shape) => new(LeafKind.BodyInput, role, type, shape);

    public static Value Constant<T>(ReadOnlySpan<T> data, ElementType type, params Dim[] shape) where T : unmanaged =>
        new(LeafKind.Constant, null, type, new(shape)) { Data = MemoryMarshal.AsBytes(data).ToArray() };

    public static Value Constant(params ReadOnlySpan<long> data) => Constant(data, ElementType.Int64, data.Length);

    /// <summary>Zeros of a shape that is known when the graph is built.</summary>
    public static Value Zeros(ElementType type, params ReadOnlySpan<long> shape)
    {
        long bytes = type is ElementType.Double or ElementType.Int64 ? 8 : 4;
        foreach (long length in shape)
            bytes *= length;
        return new(LeafKind.Constant, null, type, new([.. shape.ToArray().Select(d => (Dim)d)])) { Data = new byte[bytes] };
    }

    /// <summary>A scalar of the given floating-point type.</summary>
    public static Value Scalar(double value, ElementType type) => type switch
    {
        ElementType.Float => Constant([(float)value], type),
        ElementType.Double => Constant([value], type),
        ElementType.Int64 => Constant([(long)value], type),
        _ => throw new ArgumentException($"A scalar constant of type {type} is not supported.", nameof(type)),
    };

    public static Value operator +(Value a, Value b) => a.Binary("Add", b);

    public static Value operator -(Value a, Value b) => a.Binary("Sub", b);

    public static Value operator *(Value a, Value b) => a.Binary("Mul", b);

    public static Value operator /(Value a, Value b) => a.Binary("Div", b);

    public static Value operator -(Value a) => Node.Of("Neg", [a]);

    public static Value operator +(Value a, double b) => a + Scalar(b, a.Type);

    public static Value operator *(Value a, double b) => a * Scalar(b, a.Type);

    public static Value operator -(double a, Value b) => Scalar(a, b.Type) - b;

    private Value Binary(string op, Value b) => Node.Of(op, [this, b]);

    public override string ToString() => $"{Name ?? Producer?.Op ?? "constant"} {Type} {Shape}";
}
