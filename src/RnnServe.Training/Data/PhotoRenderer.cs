namespace RnnServe.Training.Data;

/// <summary>Draws views of photos as the input of a network.</summary>
internal static class PhotoRenderer
{
    /// <summary>Mean of ImageNet's red, green and blue, in [0, 1].</summary>
    public static ReadOnlySpan<float> Mean => [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviation of the same.</summary>
    public static ReadOnlySpan<float> Deviation => [0.229f, 0.224f, 0.225f];

    private const float MediumGrey = 115;

    /// <summary>Draws a view, interpolating between the four nearest pixels.</summary>
    /// <param name="rgb">The photo, [source, source, 3].</param>
    /// <param name="source">Its rows and columns.</param>
    /// <param name="view">What is seen.</param>
    /// <param name="size">Rows and columns of the result.</param>
    /// <param name="planes">Receives [3, size, size], each colour less its mean and divided by its deviation.</param>
    public static void Draw(ReadOnlySpan<byte> rgb, int source, PhotoView view, int size, Span<float> planes)
    {
        Span<int> columns = stackalloc int[size];
        Span<float> shares = stackalloc float[size];
        for (int x = 0; x < size; x++)
        {
            int column = view.Mirrored ? size - 1 - x : x;
            (columns[column], shares[column]) = Place(view.Left, view.Width, x, size, source);
        }

        var colours = new Colours(view);
        Span<float> row = stackalloc float[3 * source];
        for (int y = 0; y < size; y++)
        {
            var (above, share) = Place(view.Top, view.Height, y, size, source);
            int below = Math.Min(above + 1, source - 1);
            Blend(rgb.Slice(above * source * 3, source * 3), rgb.Slice(below * source * 3, source * 3), share, row);
            for (int x = 0; x < size; x++)
            {
                int left = columns[x] * 3, right = Math.Min(columns[x] + 1, source - 1) * 3;
                float s = shares[x];
                float r = row[left] + ((row[right] - row[left]) * s);
                float g = row[left + 1] + ((row[right + 1] - row[left + 1]) * s);
                float b = row[left + 2] + ((row[right + 2] - row[left + 2]) * s);
                int pixel = (y * size) + x;
                colours.Write(r, g, b, planes, pixel, size * size);
            }
        }
    }

    // The pixel whose centre lies left of (or above) the centre of pixel i of the view, and how far behind it that centre is.
    private static (int Pixel, float Share) Place(double start, double length, int i, int size, int source)
    {
        double centre = Math.Clamp(((start + (length * (i + 0.5) / size)) * source) - 0.5, 0, source - 1);
        return ((int)centre, (float)(centre - (int)centre));
    }

    private static void Blend(ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, float share, Span<float> row)
    {
        for (int i = 0; i < row.Length; i++)
            row[i] = above[i] + ((below[i] - above[i]) * share);
    }

    /// <summary>The change of light, then the network's normalisation.</summary>
    private readonly struct Colours(PhotoView view)
    {
        private readonly float saturation = (float)view.Saturation;
        private readonly float factor = (float)(view.Contrast * view.Brightness);
        private readonly float offset = (float)((1 - view.Contrast) * view.Brightness * MediumGrey);

        public void Write(float r, float g, float b, Span<float> planes, int pixel, int plane)
        {
            float grey = (0.299f * r) + (0.587f * g) + (0.114f * b);
            planes[pixel] = One(r, grey, 0);
            planes[plane + pixel] = One(g, grey, 1);
            planes[(2 * plane) + pixel] = One(b, grey, 2);
        }

        private float One(float value, float grey, int colour)
        {
            float changed = ((grey + ((value - grey) * saturation)) * factor) + offset;
            return ((Math.Clamp(changed, 0, 255) / 255) - Mean[colour]) / Deviation[colour];
        }
    }
}
