using System.Globalization;

namespace RnnServe.Inference.Images;

/// <summary>A file in memory, opened by libvips.</summary>
/// <param name="type">What its first bytes say.</param>
/// <param name="data">The file; it must stay in place while images made from it are used.</param>
/// <param name="length">Its bytes.</param>
/// <param name="limits">What the header may claim.</param>
internal readonly unsafe ref struct ImageFile(ImageType type, byte* data, int length, ImageLimits limits)
{
    private readonly ImageType type = type;
    private readonly byte* data = data;
    private readonly int length = length;
    private readonly ImageLimits limits = limits;

    /// <summary>Opens the file for its width and height.</summary>
    /// <exception cref="ImageException">The header claims too much.</exception>
    /// <exception cref="VipsException">The header is damaged.</exception>
    public VipsImage OpenHeader() => Checked(VipsImage.Load(type.Loader, data, length));

    /// <summary>Checks the header, then opens the file for decoding from top to bottom: memory holds a few rows at a time.</summary>
    /// <param name="width">Wanted width in pixels.</param>
    /// <param name="height">Wanted height.</param>
    /// <param name="failOn">From which fault on the file is refused; damage is otherwise decoded as grey areas.</param>
    /// <inheritdoc cref="OpenHeader" path="/exception"/>
    public VipsImage Open(int width, int height, string failOn)
    {
        var image = Checked(VipsImage.Load(type.Loader, data, length, ("access", "sequential"), ("fail-on", failOn)));
        int shrink = type == ImageType.Jpeg ? JpegShrink(image, width, height) : 1;
        if (shrink == 1) return image;
        using (image)
            return VipsImage.Load(type.Loader, data, length, ("access", "sequential"), ("fail-on", failOn), ("shrink", $"{shrink}"));
    }

    /// <summary>Some files of a few kilobytes take gigabytes to decode; their headers say so.</summary>
    private VipsImage Checked(VipsImage image)
    {
        // A GIF or WebP is decoded frame by frame, a progressive file when its last scan is read: all of it is in memory.
        bool whole = image.IsInterlaced || type == ImageType.WebP || type == ImageType.Gif;
        long most = whole ? limits.MaxWholePixels : limits.MaxPixels;
        long pixels = (long)image.Width * image.Height;
        if (pixels <= most) return image;
        string size = string.Create(CultureInfo.InvariantCulture, $"{image.Width} x {image.Height} = {pixels}");
        string kind = image.IsInterlaced ? type == ImageType.Jpeg ? "progressive JPEG" : "interlaced PNG" : type.Name;
        image.Dispose();
        throw new ImageException(ImageProblem.TooManyPixels, $"The {kind} image is {size} pixels large; at most {most} are allowed.");
    }

    /// <summary>JPEG decodes at a half, quarter or eighth for little; what remains is at least twice the wanted size, whichever way up
    /// the image is, so that the last reduction still smooths.</summary>
    private static int JpegShrink(VipsImage image, int width, int height)
    {
        int ratio = Math.Min(image.Width, image.Height) / Math.Max(width, height);
        return ratio >= 16 ? 8 : ratio >= 8 ? 4 : ratio >= 4 ? 2 : 1;
    }
}
