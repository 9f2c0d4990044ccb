namespace RnnServe.Training.Graphs;

/// <summary>A square window that moves over the rows and columns of an image.</summary>
/// <param name="Size">Rows and columns that it covers.</param>
/// <param name="Stride">Distance between neighbouring positions, in both directions.</param>
/// <param name="Before">Rows of zeros above the image, and columns to its left.</param>
/// <param name="After">Rows of zeros below the image, and columns to its right.</param>
internal sealed record Window(long Size, long Stride = 1, long Before = 0, long After = 0)
{
    /// <summary>Positions of the window along an axis.</summary>
    public long Positions(Dim length) => ((length.Factor + Before + After - Size) / Stride) + 1;

    /// <summary>An odd window that is centred on every pixel, or on every other one.</summary>
    public static Window Centred(long size, long stride = 1) => new(size, stride, size / 2, size / 2);

    /// <summary>The window of a node.</summary>
    public static Window Of(Node node)
    {
        long[] pads = (long[])node.Attributes["pads"];
        return new(((long[])node.Attributes["kernel_shape"])[0], ((long[])node.Attributes["strides"])[0], pads[0], pads[2]);
    }

    public Dictionary<string, object> Attributes() => new()
    {
        ["kernel_shape"] = new[] { Size, Size },
        ["strides"] = new[] { Stride, Stride },
        ["pads"] = new[] { Before, Before, After, After },
    };
}
