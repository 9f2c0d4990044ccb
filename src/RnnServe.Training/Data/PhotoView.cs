using RnnServe.Training.Recipes;

namespace RnnServe.Training.Data;

/// <summary>What is seen of a photo, and in what light.</summary>
/// <param name="Left">Left edge of the part that is seen, as a share of the photo's width.</param>
/// <param name="Top">Its upper edge, as a share of the height.</param>
/// <param name="Width">Its width, as a share of the photo's.</param>
/// <param name="Height">Its height, as a share of the photo's.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
/// <param name="Brightness">Factor of all colours; 1 leaves them.</param>
/// <param name="Contrast">Factor of the distance from a medium grey.</param>
/// <param name="Saturation">Factor of the distance from the pixel's own grey.</param>
internal readonly record struct PhotoView(
    double Left, double Top, double Width, double Height, bool Mirrored, double Brightness, double Contrast, double Saturation)
{
    private const double GreatestStretch = 4.0 / 3;

    /// <summary>All of the photo as it is.</summary>
    public static PhotoView Whole => new(0, 0, 1, 1, false, 1, 1, 1);

    /// <summary>A view that depends on the state of the generator alone.</summary>
    /// <remarks>Source of the crops: Szegedy et al. 2015, "Going deeper with convolutions" (arXiv:1409.4842), section 6.</remarks>
    public static PhotoView Random(AugmentationSettings settings, SeededRandom random)
    {
        double area = Between(ref random, settings.LeastArea, 1);
        double stretch = Math.Exp(Between(ref random, -Math.Log(GreatestStretch), Math.Log(GreatestStretch)));
        double width = Math.Min(1, Math.Sqrt(area * stretch)), height = Math.Min(1, Math.Sqrt(area / stretch));
        double left = Between(ref random, 0, 1 - width), top = Between(ref random, 0, 1 - height);
        bool mirrored = random.Next(2) == 1 && settings.Mirror;
        return new(left, top, width, height, mirrored, Factor(ref random), Factor(ref random), Factor(ref random));

        double Factor(ref SeededRandom random) => Between(ref random, 1 - settings.Colour, 1 + settings.Colour);
    }

    private static double Between(ref SeededRandom random, double low, double high) =>
        low + ((high - low) * (random.Next() >> 11) * (1.0 / (1UL << 53)));
}
