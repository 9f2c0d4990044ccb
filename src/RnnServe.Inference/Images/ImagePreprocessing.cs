namespace RnnServe.Inference.Images;

/// <summary>From pixels to the numbers that a convolutional network was trained on.</summary>
internal static class ImagePreprocessing
{
    private const int Colours = 3;
    private const int Levels = 256;

    /// <summary>Computes (x / 255 - mean) / std for each colour, and puts each colour into a plane of its own.</summary>
    /// <remarks>By a table of what each of the 256 levels becomes: a fraction of the time of decoding, and exact.</remarks>
    /// <param name="rgb">Shape [Y, X, 3].</param>
    /// <param name="pixels">Y x X.</param>
    /// <param name="mean">Of red, green and blue, in [0, 1].</param>
    /// <param name="std">Likewise.</param>
    /// <param name="planes">Receives shape [3, Y, X].</param>
    /// <exception cref="ArgumentException">A length does not fit the others.</exception>
    public static void Normalise(ReadOnlySpan<byte> rgb, int pixels, ReadOnlySpan<float> mean, ReadOnlySpan<float> std, Span<float> planes)
    {
        if (mean.Length != Colours || std.Length != Colours)
            throw new ArgumentException($"mean and std have {mean.Length} and {std.Length} values; each needs {Colours}.");
        if (rgb.Length != pixels * Colours || planes.Length != pixels * Colours)
            throw new ArgumentException($"{pixels} pixels are {pixels * Colours} values, not {rgb.Length} with room for {planes.Length}.");

        Span<float> table = stackalloc float[Levels];
        for (int colour = 0; colour < Colours; colour++)
        {
            for (int level = 0; level < Levels; level++)
                table[level] = ((level / 255f) - mean[colour]) / std[colour];

            var plane = planes.Slice(colour * pixels, pixels);
            for (int i = 0, x = colour; i < plane.Length; i++, x += Colours)
                plane[i] = table[rgb[x]];
        }
    }
}
