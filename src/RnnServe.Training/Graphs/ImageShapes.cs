namespace RnnServe.Training.Graphs;

/// <summary>Shape rules of the operators on images, [N, C, Y, X]: batch, channels, rows, columns.</summary>
internal static class ImageShapes
{
    /// <summary>Inputs: x [N, C, Y, X], weight [K, C, kernel rows, kernel columns], optionally bias [K].</summary>
    public static ShapeRules.Info[] Convolution(Node node)
    {
        Shape x = Image(node), weight = node.Inputs[1].Shape;
        long size = Window.Of(node).Size;
        if (weight.Count != 4 || weight[1] != x[1] || weight[2] != size || weight[3] != size || node.Inputs[1].Type != node.Inputs[0].Type)
        {
            throw new ArgumentException(
                $"Conv of {node.Inputs[0]} with {node.Inputs[1]}: the weight must be [K, {x[1]}, {size}, {size}] of the same type.");
        }

        if (node.Inputs.Count == 3 && !node.Inputs[2].Shape.Equals(new(weight[0])))
            throw new ArgumentException($"Conv with weight {weight} and bias {node.Inputs[2].Shape}: the bias must be [{weight[0]}].");
        return [new(node.Inputs[0].Type, Windowed(node, x.With(1, weight[0])))];
    }

    /// <summary>Inputs: dy [N, K, rows, columns], weight [K, C, size, size]; the output is as large as the convolution's input.</summary>
    public static ShapeRules.Info[] TransposedConvolution(Node node)
    {
        Shape dy = Image(node), weight = node.Inputs[1].Shape;
        if (weight.Count != 4 || weight[0] != dy[1])
            throw new ArgumentException($"ConvTranspose of {node.Inputs[0]} with {node.Inputs[1]}: the weight must be [{dy[1]}, C, rows, "
                + "columns].");
        var (window, rest) = (Window.Of(node), (long[])node.Attributes["output_padding"]);
        return [new(node.Inputs[0].Type, new(dy[0], weight[1], Length(0), Length(1)))];

        Dim Length(int i) => ((dy[2 + i].Factor - 1) * window.Stride) + window.Size + rest[i] - window.Before - window.After;
    }

    /// <summary>One or two outputs: the pooled image and, for the greatest, where in the input it came from.</summary>
    public static ShapeRules.Info[] Pool(Node node)
    {
        var shape = Windowed(node, Image(node));
        return [new(node.Inputs[0].Type, shape)];
    }

    /// <summary>The same with the second output of MaxPool: int64 indexes into the whole input as one row of numbers.</summary>
    public static ShapeRules.Info[] MaxPool(Node node) => node.Int("storage_order", -1) == -1
        ? Pool(node)
        : [.. Pool(node), new(ElementType.Int64, Windowed(node, Image(node)))];

    public static ShapeRules.Info[] GlobalPool(Node node) => [new(node.Inputs[0].Type, Image(node).With(2, 1).With(3, 1))];

    /// <summary>Inputs: x of any rank, pads (all starts, then all ends).</summary>
    public static ShapeRules.Info[] Pad(Node node)
    {
        var (x, pads) = (node.Inputs[0].Shape, ShapeRules.Constants(node.Inputs[1]));
        if (pads.Length != 2 * x.Count)
            throw new ArgumentException($"Pad of {x} by {pads.Length} numbers: it needs a start and an end for each axis.");
        return [new(node.Inputs[0].Type, new([.. x.Select((d, i) => Padded(d, pads[i] + pads[i + x.Count]))]))];
    }

    private static Shape Image(Node node)
    {
        var shape = node.Inputs[0].Shape;
        return shape.Count == 4 && shape[1].IsConstant && shape[2].IsConstant && shape[3].IsConstant
            ? shape
            : throw new ArgumentException($"{node.Op} needs an image [N, C, Y, X] with known C, Y and X, found {shape}.");
    }

    private static Shape Windowed(Node node, Shape image)
    {
        var window = Window.Of(node);
        var (rows, columns) = (image[2].Factor, image[3].Factor);
        if (Math.Min(rows, columns) + window.Before + window.After < window.Size || Math.Max(window.Before, window.After) >= window.Size)
            throw new ArgumentException($"{node.Op}: {window} does not fit {node.Inputs[0].Shape}.");
        return image.With(2, window.Positions(rows)).With(3, window.Positions(columns));
    }

    private static Dim Padded(Dim dim, long by) => by == 0 ? dim
        : dim.IsConstant ? dim.Factor + by
        : throw new ArgumentException($"Pad of an axis of {dim} is not supported.");
}
