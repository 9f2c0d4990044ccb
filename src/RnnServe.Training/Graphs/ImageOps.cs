namespace RnnServe.Training.Graphs;

/// <summary>The operators on images, [N, C, Y, X]: batch, channels, rows, columns. Only N may be symbolic.</summary>
internal static class ImageOps
{
    /// <summary>Convolution (cross-correlation, one group, no dilation): each output channel is a weighted sum over a window.</summary>
    /// <param name="x">[N, C, Y, X].</param>
    /// <param name="weight">[K, C, size, size].</param>
    /// <param name="window">Its size is the weight's.</param>
    /// <param name="bias">[K], or null.</param>
    /// <returns>[N, K, rows of positions, columns of positions].</returns>
    public static Value Conv(this Value x, Value weight, Window window, Value? bias = null) => DoubleNode.Of(
        Node.Create("Conv", bias is null ? [x, weight] : [x, weight, bias], window.Attributes()),
        inputs => Convolution(inputs[0], inputs[1], window, inputs.Count > 2 ? inputs[2] : null));

    /// <summary>The gradient of <see cref="Conv"/> by its input: what each output spreads over its window, added up.</summary>
    /// <param name="dy">[N, K, rows of positions, columns of positions].</param>
    /// <param name="weight">[K, C, size, size].</param>
    /// <param name="window">That of the convolution.</param>
    /// <param name="rows">Rows of the convolution's input, Y.</param>
    /// <param name="columns">Columns of the convolution's input, X.</param>
    /// <returns>[N, C, Y, X].</returns>
    public static Value ConvTranspose(this Value dy, Value weight, Window window, long rows, long columns)
    {
        var attributes = window.Attributes();
        attributes["output_padding"] = new[] { Rest(rows), Rest(columns) };
        return DoubleNode.Of(
            Node.Create("ConvTranspose", [dy, weight], attributes),
            inputs => Convolution(inputs[0].Spread(window, rows, columns), inputs[1].Turned(), new(window.Size), null));

        // Pixels behind the last window, which no output depends on.
        long Rest(long length) => (length + window.Before + window.After - window.Size) % window.Stride;
    }

    /// <summary>The greatest value in each window; padding never wins.</summary>
    public static Value MaxPool(this Value x, Window window) => Node.Of("MaxPool", [x], window.Attributes());

    /// <summary>The mean of each window; padding counts as zeros.</summary>
    public static Value AveragePool(this Value x, Window window)
    {
        var attributes = window.Attributes();
        attributes["count_include_pad"] = 1L;
        return DoubleNode.Of(
            Node.Create("AveragePool", [x], attributes),
            inputs => inputs[0].PadImage(window).Taps(window).Aggregate((a, b) => a + b) * (1.0 / (window.Size * window.Size)));
    }

    /// <summary>The mean over all pixels: [N, C, 1, 1].</summary>
    public static Value GlobalAveragePool(this Value x) =>
        DoubleNode.Of(Node.Create("GlobalAveragePool", [x]), inputs => inputs[0].Mean(true, 2, 3));

    /// <summary>Zeros before and after the elements of each axis; negative numbers cut off.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="pads">Of each axis what comes before, then of each axis what comes after.</param>
    public static Value Pad(this Value x, params long[] pads) =>
        pads.All(p => p == 0) ? x : Node.Of("Pad", [x, Value.Constant(pads)]);

    /// <summary>An image with the window's padding.</summary>
    public static Value PadImage(this Value x, Window window) =>
        x.Pad(0, 0, window.Before, window.Before, 0, 0, window.After, window.After);

    /// <summary>What each cell of a window sees: size² images of the positions' rows and columns, the window's columns fastest.</summary>
    /// <param name="x">An image that has its padding.</param>
    /// <param name="window">Size and stride.</param>
    public static IEnumerable<Value> Taps(this Value x, Window window)
    {
        var open = window with { Before = 0, After = 0 };
        var (rows, columns) = (open.Positions(x.Shape[2]), open.Positions(x.Shape[3]));
        for (int row = 0; row < window.Size; row++)
        {
            for (int column = 0; column < window.Size; column++)
                yield return Tap(x, row, column, window.Stride, rows, columns);
        }
    }

    /// <summary>Undoes the strides: dy's pixels a stride apart, zeros between and around: a window of stride 1 finds its outputs.</summary>
    /// <param name="dy">Outputs of the window.</param>
    /// <param name="window">The window.</param>
    /// <param name="rows">Rows of the window's input.</param>
    /// <param name="columns">Columns of the window's input.</param>
    /// <returns>[N, K, rows + size - 1, columns + size - 1].</returns>
    public static Value Spread(this Value dy, Window window, long rows, long columns)
    {
        var (n, k, y, x, s) = (dy.Shape[0], dy.Shape[1], dy.Shape[2].Factor, dy.Shape[3].Factor, window.Stride);
        if (s > 1)
            dy = dy.Reshape(n, k, y, 1, x, 1).Pad(0, 0, 0, 0, 0, 0, 0, 0, 0, s - 1, 0, s - 1).Reshape(n, k, y * s, x * s);
        long start = window.Size - 1 - window.Before;
        return dy.Pad(0, 0, start, start, 0, 0, rows + window.Before - (y * s), columns + window.Before - (x * s));
    }

    /// <summary>[K, C, size, size] to [C, K, size, size], turned by half a turn: the weight of the way back.</summary>
    public static Value Turned(this Value weight)
    {
        var (k, c, size) = (weight.Shape[0], weight.Shape[1], weight.Shape[2].Factor);
        long cells = size * size;
        if (cells == 1)
            return weight.Transpose(1, 0, 2, 3);
        var turned = Value.Constant([.. Enumerable.Range(1, (int)cells).Select(i => cells - i)]);
        return weight.Reshape(k, c, cells).Transpose(2, 1, 0).Gather(turned).Transpose(1, 2, 0).Reshape(c, k, size, size);
    }

    // One product of the weight's matrix with the columns of each image: [K, C size²] by [N, C size², positions].
    private static Value Convolution(Value x, Value weight, Window window, Value? bias)
    {
        var (n, c, k, cells) = (x.Shape[0], x.Shape[1], weight.Shape[0], window.Size * window.Size);
        var taps = x.PadImage(window).Taps(window).Select(t => t.Unsqueeze(2)).ToArray();
        var (rows, columns) = (taps[0].Shape[3], taps[0].Shape[4]);
        var seen = Ops.Concat(2, taps).Reshape(n, c * cells, rows * columns);
        var y = weight.Reshape(k, c * cells).MatMul(seen).Reshape(n, k, rows, columns);
        return bias is null ? y : y + bias.Reshape(1, k, 1, 1);
    }

    private static Value Tap(Value x, long row, long column, long stride, long rows, long columns)
    {
        if (row == 0 && column == 0 && stride == 1 && x.Shape[2] == rows && x.Shape[3] == columns)
            return x;
        Value[] inputs =
        [
            x, Value.Constant(row, column), Value.Constant(row + (stride * (rows - 1)) + 1, column + (stride * (columns - 1)) + 1),
            Value.Constant(2, 3), Value.Constant(stride, stride),
        ];
        return Node.Of("Slice", inputs, shape: x.Shape.With(2, rows).With(3, columns));
    }
}
