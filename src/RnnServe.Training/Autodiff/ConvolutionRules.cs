using RnnServe.Training.Graphs;

namespace RnnServe.Training.Autodiff;

/// <summary>How convolution and batch normalisation pass gradients back, in the forms that were measured to be fast:
/// results/convolutions.md.</summary>
internal static class ConvolutionRules
{
    /// <summary>Below this many pixels ConvTranspose, one product per image, is faster than Conv with a turned weight.</summary>
    private const long SmallImage = 200;

    /// <summary>Above this share of padding in the padded image, the columns of a convolution are cheaper than shifted images.</summary>
    private const double MostPadding = 0.35;

    public static Value?[] Convolution(Node node, Value[] dy)
    {
        Value x = node.Inputs[0], weight = node.Inputs[1];
        var window = Window.Of(node);
        Value dx = ByInput(x.Shape, weight, window, dy[0]), dw = ByWeight(x, weight.Shape, window, dy[0]);
        return node.Inputs.Count == 2 ? [dx, dw] : [dx, dw, dy[0].Sum(false, 0, 2, 3)];
    }

    public static Value?[] Normalisation(Node node, Value[] dy)
    {
        var norm = (BatchNormalisation)node;
        var scale = BatchNormalisation.PerChannel(norm.Inputs[1]) / norm.Deviation;
        var product = dy[0] * norm.Centred;
        var correlation = product.Mean(true, 0, 2, 3) / (norm.Deviation * norm.Deviation);
        var offset = -(scale * dy[0].Mean(true, 0, 2, 3));
        var dx = dy[0] * scale - norm.Centred * (scale * correlation) + offset;
        var channels = norm.Inputs[1].Shape[0];
        return [dx, (product.Sum(true, 0, 2, 3) / norm.Deviation).Reshape(channels), dy[0].Sum(false, 0, 2, 3)];
    }

    private static Value ByInput(Shape x, Value weight, Window window, Value dy)
    {
        bool small = window.Size > 1 && x[2].Factor * x[3].Factor < SmallImage;
        if (window.Stride > 1 || small)
            return dy.ConvTranspose(weight, window, x[2].Factor, x[3].Factor);
        var back = new Window(window.Size, 1, window.Size - 1 - window.Before, window.Size - 1 - window.After);
        return dy.Conv(weight.Turned(), back);
    }

    private static Value ByWeight(Value x, Shape weight, Window window, Value dy)
    {
        var padded = x.PadImage(window);
        var (positions, pixels) = (dy.Shape[2].Factor * dy.Shape[3].Factor, padded.Shape[2].Factor * padded.Shape[3].Factor);
        bool shift = window.Stride == 1 && window.Size > 1 && positions >= pixels * (1 - MostPadding);
        var (k, c, size) = (weight[0], weight[1], window.Size);
        if (shift)
            return ByShifts(padded, dy, size).Reshape(k, size, c, size).Transpose(0, 2, 3, 1);

        // The columns of the convolution, with channels before the batch so that one product sums over batch and positions.
        Value[] taps = [.. padded.Transpose(1, 0, 2, 3).Taps(window).Select(t => t.Reshape(c, dy.Shape[0] * positions))];
        var columns = taps.Length == 1 ? taps[0] : Ops.Concat(0, taps);
        var dw = Ops.Gemm(dy.Transpose(1, 0, 2, 3).Reshape(k, dy.Shape[0] * positions), columns, transB: true);
        return dw.Reshape(k, size, size, c).Transpose(0, 3, 1, 2);
    }

    /// <summary>In the flat padded image the pixel that cell (i, j) of the window sees lies i rows and j pixels behind the window's
    /// position. So copies of x that are shifted by whole rows meet copies of dy that are shifted by pixels: 2 · size copies instead of
    /// size², each a plain copy of memory, and one product of [K size, ...] with [C size, ...].</summary>
    /// <returns>[K size, C size]: the window's column beside K, its row beside C.</returns>
    private static Value ByShifts(Value padded, Value dy, long size)
    {
        var (n, row) = (dy.Shape[0], padded.Shape[3].Factor);
        var pixels = n * (padded.Shape[2].Factor * row);
        var flat = padded.Transpose(1, 0, 2, 3).Reshape(padded.Shape[1], pixels);
        var spread = dy.Transpose(1, 0, 2, 3).Pad(0, 0, 0, 0, 0, 0, size - 1, size - 1).Reshape(dy.Shape[1], pixels);

        // A copy of x for cell row i is late by size-1-i rows, one of dy for cell column j by size-1 rows and j pixels.
        var (last, length) = ((size - 1) * row, (size - 1) * (row + 1));
        return Ops.Gemm(
            Shifted(spread, [.. Enumerable.Range(0, (int)size).Select(j => last + j)], length),
            Shifted(flat, [.. Enumerable.Range(0, (int)size).Select(i => last - (i * row))], length),
            transB: true);
    }

    /// <summary>Copies of each row, one behind the other in rows of their own, each late by its shift, zeros around it.</summary>
    /// <param name="rows">[R, L].</param>
    /// <param name="shifts">Each from 0 to <paramref name="room"/>.</param>
    /// <param name="room">What the copies' rows are longer by.</param>
    /// <returns>[R · shifts, L + room].</returns>
    private static Value Shifted(Value rows, long[] shifts, long room)
    {
        var parts = new List<Value>();
        long gap = 0;
        foreach (long shift in shifts)
        {
            AddZeros(gap + shift);
            parts.Add(rows);
            gap = room - shift;
        }

        AddZeros(gap);
        long count = rows.Shape[0].Factor * shifts.Length;
        var joined = Node.Of("Concat", parts, Ops.Attribute("axis", 1L));
        return Node.Of("Reshape", [joined, Value.Constant(count, -1)], shape: new(count, Longer(rows.Shape[1], room)));

        void AddZeros(long length)
        {
            if (length > 0)
                parts.Add(Value.Zeros(rows.Type, rows.Shape[0].Factor, length));
        }
    }

    private static Dim Longer(Dim length, long by) => length.IsConstant ? length.Factor + by : $"({length}+{by})";
}
