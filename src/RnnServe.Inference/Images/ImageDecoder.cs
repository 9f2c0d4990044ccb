using System.Globalization;

namespace RnnServe.Inference.Images;

/// <summary>Turns the bytes of a JPEG, PNG, WebP or GIF file into pixels of a wanted size. Thread-safe; libvips is set up on first use.</summary>
internal static unsafe class ImageDecoder
{
    /// <summary>Decodes the first frame: upright by its EXIF orientation, in sRGB, on white where it is transparent.</summary>
    /// <param name="file">The whole file; its first bytes say the type.</param>
    /// <param name="width">Wanted width in pixels.</param>
    /// <param name="height">Wanted height.</param>
    /// <param name="fit">What happens to other proportions.</param>
    /// <param name="limits">What the header may claim.</param>
    /// <param name="rgb">Receives 8 bits a colour, row-major, shape [height, width, 3].</param>
    /// <exception cref="ImageException">The file is refused.</exception>
    public static void Decode(ReadOnlySpan<byte> file, int width, int height, ImageFit fit, ImageLimits limits, Span<byte> rgb)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgb.Length != width * height * 3)
            throw new ArgumentException($"{width} x {height} pixels are {width * height * 3} bytes; there is room for {rgb.Length}.", nameof(rgb));
        var type = Identify(file);
        fixed (byte* data = file)
        {
            try
            {
                using var opened = Open(type, data, file.Length, width, height, limits);
                using var sized = ImageResizing.Resize(opened, width, height, fit);
                using var colours = sized.Then("colourspace", ("space", "srgb"));
                using var opaque = colours.HasAlpha ? colours.Then("flatten", ("background", "255")) : colours.Then("copy");
                using var bytes = opaque.Then("cast", ("format", "uchar"));

                // Last of all: of an image with alpha, the bars would be transparent, and so white.
                using var padded = fit == ImageFit.Pad ? ImageResizing.Pad(bytes, width, height) : bytes.Then("copy");
                padded.CopyTo(rgb);
            }
            catch (VipsException error)
            {
                throw Undecodable(type, error);
            }
        }
    }

    /// <summary>Width and height of the upright image, from the header alone.</summary>
    /// <inheritdoc cref="Decode" path="/exception"/>
    public static (int Width, int Height) Measure(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        var type = Identify(file);
        fixed (byte* data = file)
        {
            try
            {
                using var image = VipsImage.Load(type.Loader, data, file.Length);
                Check(type, image, limits);
                return image.LiesOnItsSide ? (image.Height, image.Width) : (image.Width, image.Height);
            }
            catch (VipsException error)
            {
                throw Undecodable(type, error);
            }
        }
    }

    private static ImageType Identify(ReadOnlySpan<byte> file)
    {
        VipsLibrary.Load();
        var type = ImageType.Of(file) ?? throw new ImageException(
            ImageProblem.UnknownType, "The bytes are no image of a supported type: JPEG, PNG, WebP and GIF are.");
        ImageStructure.Check(type, file);
        return type;
    }

    private static ImageException Undecodable(ImageType type, VipsException error) =>
        new(ImageProblem.Undecodable, $"The {type.Name} image cannot be decoded: {error.Message}.");

    /// <summary>Checks the header, then opens the file for decoding from top to bottom, so that memory holds a few rows at a time.</summary>
    private static VipsImage Open(ImageType type, byte* data, int length, int width, int height, ImageLimits limits)
    {
        var image = Load();
        try
        {
            Check(type, image, limits);
            int shrink = type == ImageType.Jpeg ? JpegShrink(image, width, height) : 1;
            if (shrink == 1) return image;
            var shrunk = Load(("shrink", $"{shrink}"));
            image.Dispose();
            return shrunk;
        }
        catch
        {
            image.Dispose();
            throw;
        }

        // Damage is otherwise decoded as grey areas: only the loader can be told to refuse it.
        VipsImage Load(params ReadOnlySpan<(string Name, string Value)> options) => VipsImage.Load(
            type.Loader, data, length, [("access", "sequential"), ("fail-on", "warning"), .. options]);
    }

    /// <summary>Some files of a few kilobytes take gigabytes to decode; their headers say so.</summary>
    private static void Check(ImageType type, VipsImage image, ImageLimits limits)
    {
        long pixels = (long)image.Width * image.Height;
        if (pixels <= limits.MaxPixels) return;
        throw new ImageException(ImageProblem.TooManyPixels, string.Create(
            CultureInfo.InvariantCulture,
            $"The {type.Name} image is {image.Width} x {image.Height} = {pixels} pixels large; at most {limits.MaxPixels} are allowed."));
    }

    /// <summary>JPEG decodes at a half, quarter or eighth for little; what remains is at least twice the wanted size, whichever way up
    /// the image is, so that the last reduction still smooths.</summary>
    private static int JpegShrink(VipsImage image, int width, int height)
    {
        int ratio = Math.Min(image.Width, image.Height) / Math.Max(width, height);
        return ratio >= 16 ? 8 : ratio >= 8 ? 4 : ratio >= 4 ? 2 : 1;
    }
}
