using NetVips;
using RnnServe.Inference.Images;

namespace RnnServe.Training.Drawings;

/// <summary>Writes PNG files of 8-bit RGB pixels.</summary>
internal static class PngFile
{
    /// <param name="rgb">Row-major, shape [height, width, 3].</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    public static byte[] Write(ReadOnlySpan<byte> rgb, int width, int height)
    {
        VipsLibrary.Load();
        using var image = Image.NewFromMemoryCopy(rgb, width, height, bands: 3, Enums.BandFormat.Uchar);
        return image.PngsaveBuffer(compression: 9);
    }
}
