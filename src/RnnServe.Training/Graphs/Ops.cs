namespace RnnServe.Training.Graphs;

/// <summary>The operators of a graph as methods on its values. Arithmetic operators are on <see cref="Value"/> itself.</summary>
internal static class Ops
{
    public static Value Exp(this Value x) => Node.Of("Exp", [x]);

    public static Value Log(this Value x) => Node.Of("Log", [x]);

    public static Value Sqrt(this Value x) => Node.Of("Sqrt", [x]);

    public static Value Tanh(this Value x) => Node.Of("Tanh", [x]);

    public static Value Sigmoid(this Value x) => Node.Of("Sigmoid", [x]);

    public static Value Relu(this Value x) => Node.Of("Relu", [x]);

    public static Value Softmax(this Value x) => Node.Of("Softmax", [x], Attribute("axis", -1L));

    public static Value LogSoftmax(this Value x) => Node.Of("LogSoftmax", [x], Attribute("axis", -1L));

    public static Value Cast(this Value x, ElementType to) => x.Type == to ? x : Node.Of("Cast", [x], Attribute("to", (long)to));

    public static Value MatMul(this Value a, Value b) => Node.Of("MatMul", [a, b]);

    /// <summary>a b of two matrices, either of them transposed first, and what is added to the product.</summary>
    public static Value Gemm(Value a, Value b, bool transA = false, bool transB = false, Value? plus = null) =>
        Node.Of("Gemm", plus is null ? [a, b] : [a, b, plus],
            new Dictionary<string, object> { ["transA"] = transA ? 1L : 0L, ["transB"] = transB ? 1L : 0L });

    public static Value Transpose(this Value x, params long[] perm) => Node.Of("Transpose", [x], Attribute("perm", perm));

    /// <summary>Swaps the last two axes.</summary>
    public static Value SwapLast(this Value x)
    {
        int rank = x.Shape.Count;
        return x.Transpose([.. Enumerable.Range(0, rank - 2).Select(i => (long)i), rank - 1, rank - 2]);
    }

    /// <summary>Rows of a table: [V, E] and ids of any shape give ids' shape plus [E].</summary>
    public static Value Gather(this Value table, Value ids) => Node.Of("Gather", [table, ids], Attribute("axis", 0L));

    /// <summary>Sums over axes; the axes stay as 1 when <paramref name="keep"/> is set.</summary>
    public static Value Sum(this Value x, bool keep, params long[] axes) =>
        Node.Of("ReduceSum", [x, Value.Constant(axes)], Attribute("keepdims", keep ? 1L : 0L));

    public static Value Mean(this Value x, bool keep, params long[] axes) =>
        Node.Of("ReduceMean", [x, Value.Constant(axes)], Attribute("keepdims", keep ? 1L : 0L));

    public static Value SumAll(this Value x) =>
        x.Shape.Count == 0 ? x : x.Sum(false, [.. Enumerable.Range(0, x.Shape.Count).Select(i => (long)i)]);

    public static Value Concat(int axis, params Value[] parts) => Node.Of("Concat", parts, Attribute("axis", (long)axis));

    public static IReadOnlyList<Value> Split(this Value x, int axis, params long[] sizes) =>
        Node.Create("Split", [x, Value.Constant(sizes)], Attribute("axis", (long)axis)).Outputs;

    /// <summary>Elements start..end of one axis; negative numbers count from the end, long.MaxValue is the end. The shape names the
    /// result's where the axis is symbolic.</summary>
    public static Value Slice(this Value x, int axis, long start, long end, Shape? shape = null) =>
        Node.Of("Slice", [x, Value.Constant(start), Value.Constant(end), Value.Constant((long)axis)], shape: shape);

    public static Value Unsqueeze(this Value x, int axis) => Node.Of("Unsqueeze", [x, Value.Constant((long)axis)]);

    public static Value Squeeze(this Value x, int axis) => Node.Of("Squeeze", [x, Value.Constant((long)axis)]);

    /// <summary>The dimensions of a value at run time, int64; start and end as in Python's slices, not negative.</summary>
    public static Value ShapeOf(this Value x, int start = 0, int? end = null) => Node.Of("Shape", [x],
        new Dictionary<string, object> { ["start"] = (long)start, ["end"] = (long)(end ?? x.Shape.Count) });

    /// <summary>The same elements in another shape, which may have one dimension that ONNX must infer.</summary>
    /// <exception cref="ArgumentException">More than one dimension is known at run time only: use the overload with a value.</exception>
    public static Value Reshape(this Value x, params Dim[] shape)
    {
        int unknown = 0;
        long[] spec = new long[shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            // 0 copies the input's dimension at the same place; -1 is inferred.
            spec[i] = shape[i].IsConstant ? shape[i].Factor : i < x.Shape.Count && x.Shape[i] == shape[i] ? 0 : -1;
            unknown += spec[i] == -1 ? 1 : 0;
        }

        return unknown <= 1
            ? Node.Of("Reshape", [x, Value.Constant(spec)], shape: new(shape))
            : throw new ArgumentException($"{x.Shape} cannot become {new Shape(shape)} without its dimensions at run time.");
    }

    /// <summary>The same elements in the shape that an int64 value names at run time.</summary>
    public static Value Reshape(this Value x, Value runtimeShape, Shape shape) => Node.Of("Reshape", [x, runtimeShape], shape: shape);

    /// <summary>The same elements in the shape of another value.</summary>
    public static Value ReshapeLike(this Value x, Value other) => x.Shape.Equals(other.Shape) ? x : x.Reshape(other.ShapeOf(), other.Shape);

    /// <summary>All but the last axis folded into one: [..., D] gives [rows, D].</summary>
    public static Value Rows(this Value x) => x.Shape.Count == 2 ? x : x.Reshape(new Shape([.. x.Shape.SkipLast(1)]).Size, x.Shape.Last);

    /// <summary>Broadcasts to the shape of another value.</summary>
    public static Value ExpandLike(this Value x, Value other) =>
        x.Shape.Equals(other.Shape) ? x : Node.Of("Expand", [x, other.ShapeOf()], shape: other.Shape);

    /// <summary>Zeros of the shape of another value.</summary>
    public static Value ZerosLike(this Value x) => Zeros(x.ShapeOf(), x.Type, x.Shape);

    /// <summary>Zeros of a shape that is known at run time.</summary>
    public static Value Zeros(Value runtimeShape, ElementType type, Shape shape) =>
        Node.Of("ConstantOfShape", [runtimeShape], Attribute("type", (long)type), shape);

    internal static Dictionary<string, object> Attribute(string name, object value) => new() { [name] = value };
}
