using System.Collections.Frozen;

namespace RnnServe.Training.Graphs;

/// <summary>What each operator makes of its inputs' types and shapes. A misuse throws where it was written, not in a later run.</summary>
internal static class ShapeRules
{
    internal readonly record struct Info(ElementType Type, Shape Shape);

    private static readonly FrozenDictionary<string, Func<Node, Info[]>> ByOperator = new Dictionary<string, Func<Node, Info[]>>
    {
        ["Add"] = Broadcast,
        ["Sub"] = Broadcast,
        ["Mul"] = Broadcast,
        ["Div"] = Broadcast,
        ["Neg"] = Same,
        ["Exp"] = Same,
        ["Log"] = Same,
        ["Sqrt"] = Same,
        ["Tanh"] = Same,
        ["Sigmoid"] = Same,
        ["Relu"] = Same,
        ["Softmax"] = Same,
        ["LogSoftmax"] = Same,
        ["Identity"] = Same,
        ["ScatterElements"] = Same,
        ["Clip"] = Same,
        ["Cast"] = n => [new((ElementType)n.Int("to", 0), n.Inputs[0].Shape)],
        ["Shape"] = n => [new(ElementType.Int64, new(n.Int("end", n.Inputs[0].Shape.Count) - n.Int("start", 0)))],
        ["MatMul"] = MatMul,
        ["Gemm"] = Gemm,
        ["Transpose"] = n => [new(n.Inputs[0].Type, new([.. ((long[])n.Attributes["perm"]).Select(axis => n.Inputs[0].Shape[(int)axis])]))],
        ["Gather"] = n => [new(n.Inputs[0].Type, new([.. n.Inputs[1].Shape, .. n.Inputs[0].Shape.Skip(1)]))],
        ["GatherElements"] = n => [new(n.Inputs[0].Type, n.Inputs[1].Shape)],
        ["ReduceSum"] = Reduce,
        ["ReduceMean"] = Reduce,
        ["Concat"] = Concat,
        ["Split"] = Split,
        ["Slice"] = Slice,
        ["Unsqueeze"] = n => [new(n.Inputs[0].Type, n.Inputs[0].Shape.Insert(Index(n), 1))],
        ["Squeeze"] = n => [new(n.Inputs[0].Type, n.Inputs[0].Shape.Without(Index(n)))],
        ["Reshape"] = n => [new(n.Inputs[0].Type, new("?"))],
        ["Expand"] = n => [new(n.Inputs[0].Type, new("?"))],
        ["Conv"] = ImageShapes.Convolution,
        ["ConvTranspose"] = ImageShapes.TransposedConvolution,
        ["MaxPool"] = ImageShapes.MaxPool,
        ["AveragePool"] = ImageShapes.Pool,
        ["GlobalAveragePool"] = ImageShapes.GlobalPool,
        ["BatchNormalisation"] = Same,
        ["Pad"] = ImageShapes.Pad,
        ["ConstantOfShape"] = n => [new((ElementType)n.Int("type", 1), new("?"))],
    }.ToFrozenDictionary();

    public static Info[] Infer(Node node) => ByOperator.TryGetValue(node.Op, out var rule)
        ? rule(node)
        : throw new NotSupportedException($"Operator '{node.Op}' has no shape rule: add its line to ShapeRules.");

    private static Info[] Same(Node node) => [new(node.Inputs[0].Type, node.Inputs[0].Shape)];

    private static Info[] Broadcast(Node node)
    {
        var (a, b) = (node.Inputs[0], node.Inputs[1]);
        return a.Type == b.Type
            ? [new(a.Type, Shape.Broadcast(a.Shape, b.Shape))]
            : throw new ArgumentException($"{node.Op} of {a.Type} and {b.Type}: the types must agree.");
    }

    private static Info[] MatMul(Node node)
    {
        Shape a = node.Inputs[0].Shape, b = node.Inputs[1].Shape;
        if (a.Count < 2 || b.Count < 2 || a.Last != b[-2])
            throw new ArgumentException($"MatMul of {a} and {b}: the last dimension of the first must be the second last of the second.");
        var batch = Shape.Broadcast(new([.. a.SkipLast(2)]), new([.. b.SkipLast(2)]));
        return [new(node.Inputs[0].Type, new([.. batch, a[-2], b.Last]))];
    }

    private static Info[] Gemm(Node node)
    {
        Shape a = node.Inputs[0].Shape, b = node.Inputs[1].Shape;
        bool transA = node.Int("transA", 0) == 1, transB = node.Int("transB", 0) == 1;
        var (rows, inner) = transA ? (a[1], a[0]) : (a[0], a[1]);
        var (otherInner, columns) = transB ? (b[1], b[0]) : (b[0], b[1]);
        return inner == otherInner
            ? [new(node.Inputs[0].Type, new(rows, columns))]
            : throw new ArgumentException($"Gemm of {a} (transposed: {transA}) and {b} (transposed: {transB}): {inner} meets "
                + $"{otherInner}.");
    }

    private static Info[] Reduce(Node node)
    {
        var x = node.Inputs[0];
        bool keep = node.Int("keepdims", 1) == 1;
        var shape = x.Shape;
        foreach (int axis in Constants(node.Inputs[1]).Select(a => x.Shape.Axis((int)a)).OrderDescending())
            shape = keep ? shape.With(axis, 1) : shape.Without(axis);
        return [new(x.Type, shape)];
    }

    private static Info[] Concat(Node node)
    {
        int axis = (int)node.Int("axis", -1);
        var sizes = node.Inputs.Select(i => i.Shape[axis]).ToArray();
        Dim total = sizes.All(s => s.IsConstant) ? sizes.Sum(s => s.Factor) : string.Join('+', sizes);
        if (node.Inputs.Any(i => !i.Shape.With(axis, total).Equals(node.Inputs[0].Shape.With(axis, total))))
        {
            throw new ArgumentException(
                $"Concat along axis {axis} of {string.Join(", ", node.Inputs.Select(i => i.Shape))}: the other dimensions must agree.");
        }

        return [new(node.Inputs[0].Type, node.Inputs[0].Shape.With(axis, total))];
    }

    private static Info[] Split(Node node)
    {
        var x = node.Inputs[0];
        int axis = (int)node.Int("axis", -1);
        long[] sizes = Constants(node.Inputs[1]);
        return x.Shape[axis] == sizes.Sum()
            ? [.. sizes.Select(size => new Info(x.Type, x.Shape.With(axis, size)))]
            : throw new ArgumentException($"Split of {x.Shape} along axis {axis} into {string.Join(" + ", sizes)}.");
    }

    // Inputs: data, starts, ends, axes; one axis. An end that is known at run time only leaves the shape to the caller.
    private static Info[] Slice(Node node)
    {
        if (node.Inputs[2].Leaf != LeafKind.Constant)
            return [new(node.Inputs[0].Type, new("?"))];
        var (start, end, axis) = (Constants(node.Inputs[1])[0], Constants(node.Inputs[2])[0], (int)Constants(node.Inputs[3])[0]);
        var dim = node.Inputs[0].Shape[axis];
        Dim length = dim.IsConstant
            ? Math.Min(end < 0 ? end + dim.Factor : end, dim.Factor) - (start < 0 ? start + dim.Factor : start)
            : $"{dim}[{start}:{end}]";
        return [new(node.Inputs[0].Type, node.Inputs[0].Shape.With(axis, length))];
    }

    // A negative axis of Unsqueeze counts in the output.
    private static int Index(Node node)
    {
        int axis = (int)Constants(node.Inputs[1])[0];
        int rank = node.Inputs[0].Shape.Count + (node.Op == "Unsqueeze" ? 1 : 0);
        return axis < 0 ? axis + rank : axis;
    }

    /// <summary>The elements of an int64 constant input.</summary>
    internal static long[] Constants(Value value) => value is { Leaf: LeafKind.Constant, Type: ElementType.Int64 }
        ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(value.Data.Span).ToArray()
        : throw new ArgumentException($"A constant of int64 is needed here, found {value}.");
}
