using RnnServe.Training.Drawings;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>A drawing to try a captioning bundle with: a brown animal on grass under the sun. Nobody's photo is shipped.</summary>
internal static class CanaryDrawing
{
    private const int Side = 224;

    /// <summary>The drawing as a PNG file.</summary>
    public static byte[] Png()
    {
        byte[] rgb = new byte[Side * Side * 3];
        for (int i = 0; i < Side * Side; i++)
            (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = Colour(i % Side, i / Side);
        return PngFile.Write(rgb, Side, Side);
    }

    private static (byte Red, byte Green, byte Blue) Colour(int x, int y)
    {
        bool animal = Inside(x, y, 110, 140, 55, 26) || Inside(x, y, 165, 108, 22, 18) || Inside(x, y, 182, 116, 12, 8)
            || (y is > 150 and < 200 && x is (> 66 and < 78) or (> 88 and < 100) or (> 124 and < 136) or (> 146 and < 158));
        if (animal)
            return (120, 72, 30);
        if (Inside(x, y, 40, 36, 18, 18))
            return (255, 220, 60);
        return y > 120 + (x % 9)
            ? ((byte)(40 + (x * y % 23)), (byte)(130 + (((x * 7) + (y * 3)) % 31)), (byte)45)
            : ((byte)150, (byte)200, (byte)245);
    }

    private static bool Inside(int x, int y, int centreX, int centreY, int radiusX, int radiusY)
    {
        double dx = (x - centreX) / (double)radiusX, dy = (y - centreY) / (double)radiusY;
        return (dx * dx) + (dy * dy) < 1;
    }
}
