using System.Collections;

namespace RnnServe.Training.Graphs;

/// <summary>The dimensions of a value, outermost first. Two shapes are equal when their dimensions are.</summary>
internal sealed class Shape(params Dim[] dims) : IReadOnlyList<Dim>, IEquatable<Shape>
{
    public static readonly Shape Scalar = new();

    public int Count => dims.Length;

    public Dim this[int axis] => dims[axis < 0 ? axis + dims.Length : axis];

    public Dim Last => dims[^1];

    /// <summary>The number of elements, as a dimension.</summary>
    public Dim Size => dims.Aggregate((Dim)1, (a, b) => a * b);

    public bool IsConstant => dims.All(d => d.IsConstant);

    /// <summary>The same shape with <paramref name="dim"/> at <paramref name="axis"/> (negative: from the end).</summary>
    public Shape With(int axis, Dim dim)
    {
        var copy = (Dim[])dims.Clone();
        copy[Axis(axis)] = dim;
        return new(copy);
    }

    public Shape Insert(int axis, Dim dim) => new([.. dims[..axis], dim, .. dims[axis..]]);

    public Shape Without(int axis)
    {
        axis = Axis(axis);
        return new([.. dims[..axis], .. dims[(axis + 1)..]]);
    }

    public Shape Prepend(Dim dim) => Insert(0, dim);

    /// <summary>The non-negative form of an axis.</summary>
    /// <exception cref="ArgumentException">The shape has no such axis.</exception>
    public int Axis(int axis)
    {
        int index = axis < 0 ? axis + dims.Length : axis;
        return index >= 0 && index < dims.Length
            ? index
            : throw new ArgumentException($"Axis {axis} is outside a shape of rank {dims.Length}: {this}.");
    }

    /// <summary>The shape of an elementwise operator's output, after NumPy's broadcasting rules.</summary>
    public static Shape Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Count, b.Count);
        var result = new Dim[rank];
        for (int i = 1; i <= rank; i++)
        {
            Dim x = i <= a.Count ? a[-i] : 1, y = i <= b.Count ? b[-i] : 1;
            result[rank - i] = x == y || y.IsOne ? x
                : x.IsOne ? y
                : throw new ArgumentException($"Shapes {a} and {b} do not broadcast: {x} meets {y} at axis -{i}.");
        }

        return new(result);
    }

    public long[] Evaluate(IReadOnlyDictionary<string, long> symbols) => [.. dims.Select(d => d.Evaluate(symbols))];

    public bool Equals(Shape? other) => other is not null && dims.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode() => dims.Aggregate(17, HashCode.Combine);

    public IEnumerator<Dim> GetEnumerator() => dims.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => dims.GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", dims)}]";
}
