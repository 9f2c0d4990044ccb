using NetVips;

namespace RnnServe.Inference.Images;

/// <summary>Turns the bytes of a JPEG, PNG, WebP or GIF file into pixels of a wanted size. Thread-safe.</summary>
/// <remarks>libvips is set up on first use.</remarks>
internal static class ImageDecoder
{
    private const int Colours = 3;

    /// <summary>Decodes the first frame: upright by its EXIF orientation, in sRGB, on white where it is transparent.</summary>
    /// <param name="file">The whole file; its first bytes say the type.</param>
    /// <param name="width">Wanted width in pixels.</param>
    /// <param name="height">Wanted height.</param>
    /// <param name="fit">What happens to other proportions.</param>
    /// <param name="limits">What the header may claim.</param>
    /// <param name="cancellation">Ends the work at the next few rows; a progressive JPEG's scans are read first.</param>
    /// <returns>8 bits a colour, row-major, shape [height, width, 3].</returns>
    /// <exception cref="ImageException">The file is refused.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static byte[] Decode(
        ReadOnlySpan<byte> file, int width, int height, ImageFit fit, ImageLimits limits, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var type = Identify(file);
        using var source = Source.NewFromMemory(file);
        var opened = new ImageFile(type, source, limits);
        var target = (width, height, fit);
        try
        {
            try
            {
                return Decode(opened, target, Enums.FailOn.Warning, cancellation);
            }
            catch (VipsException) when (type == ImageType.Jpeg && JpegHeader.IsSloppy(file))
            {
                return Decode(opened, target, Enums.FailOn.Truncated, cancellation);
            }
        }
        catch (VipsException error)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Undecodable(type, file, error);
        }
    }

    /// <summary>Width and height of the upright image, from the header alone.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, int, int, ImageFit, ImageLimits, CancellationToken)" path="/exception"/>
    public static (int Width, int Height) Measure(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        var type = Identify(file);
        using var source = Source.NewFromMemory(file);
        try
        {
            using var image = new ImageFile(type, source, limits).OpenHeader();
            return ImageResizing.LiesOnItsSide(image) ? (image.Height, image.Width) : (image.Width, image.Height);
        }
        catch (VipsException error)
        {
            throw Undecodable(type, file, error);
        }
    }

    private static byte[] Decode(
        ImageFile file, (int Width, int Height, ImageFit Fit) target, Enums.FailOn failOn, CancellationToken cancellation)
    {
        using var opened = file.Open(target.Width, target.Height, failOn);
        using var killing = cancellation.UnsafeRegister(static image => ((Image)image!).SetKill(true), opened);
        var image = opened.HasAlpha() ? OnWhite(opened) : opened.Copy();
        try
        {
            Become(ImageResizing.Resize(image, target.Width, target.Height, target.Fit));

            // Steps that change nothing are left out: each would cost as much as decoding some rows. A file may say sRGB of two channels.
            if (image.Interpretation != Enums.Interpretation.Srgb || image.Bands < Colours)
                Become(image.Colourspace(Enums.Interpretation.Srgb));
            if (image.Format != Enums.BandFormat.Uchar)
                Become(image.Cast(Enums.BandFormat.Uchar));
            if (target.Fit == ImageFit.Pad)
                Become(ImageResizing.Pad(image, target.Width, target.Height));
            return image.WriteToMemory<byte>();
        }
        finally
        {
            image.Dispose();
        }

        void Become(Image next)
        {
            image.Dispose();
            image = next;
        }
    }

    /// <summary>Before anything is resized: the colours of pixels that nobody sees would bleed into their neighbours.</summary>
    private static Image OnWhite(Image image)
    {
        bool deep = image.Interpretation is Enums.Interpretation.Rgb16 or Enums.Interpretation.Grey16;
        return image.Flatten([deep ? ushort.MaxValue : byte.MaxValue]);
    }

    private static ImageType Identify(ReadOnlySpan<byte> file)
    {
        VipsLibrary.Load();
        var type = ImageType.Of(file) ?? throw new ImageException(
            ImageProblem.UnknownType, "The bytes are no image of a supported type: JPEG, PNG, WebP and GIF are.");
        ImageStructure.Check(type, file);
        return type;
    }

    private static ImageException Undecodable(ImageType type, ReadOnlySpan<byte> file, VipsException error) =>
        new(ImageProblem.Undecodable, $"The {type.Name} image cannot be decoded: {DecodingFault.Of(type, file, error.Message)}.");
}
