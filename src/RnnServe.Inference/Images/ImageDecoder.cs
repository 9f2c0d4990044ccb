namespace RnnServe.Inference.Images;

/// <summary>Turns the bytes of a JPEG, PNG, WebP or GIF file into pixels of a wanted size. Thread-safe.</summary>
/// <remarks>libvips is set up on first use.</remarks>
internal static unsafe class ImageDecoder
{
    /// <summary>Decodes the first frame: upright by its EXIF orientation, in sRGB, on white where it is transparent.</summary>
    /// <param name="file">The whole file; its first bytes say the type.</param>
    /// <param name="width">Wanted width in pixels.</param>
    /// <param name="height">Wanted height.</param>
    /// <param name="fit">What happens to other proportions.</param>
    /// <param name="limits">What the header may claim.</param>
    /// <param name="rgb">Receives 8 bits a colour, row-major, shape [height, width, 3].</param>
    /// <param name="cancellation">Ends the work at the next few rows; a progressive JPEG's scans are read first.</param>
    /// <exception cref="ImageException">The file is refused.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static void Decode(
        ReadOnlySpan<byte> file,
        int width,
        int height,
        ImageFit fit,
        ImageLimits limits,
        Span<byte> rgb,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgb.Length != width * height * 3)
        {
            string needed = $"{width} x {height} pixels are {width * height * 3} bytes";
            throw new ArgumentException($"{needed}; there is room for {rgb.Length}.", nameof(rgb));
        }

        var type = Identify(file);
        fixed (byte* data = file)
        {
            var source = new ImageFile(type, data, file.Length, limits);
            var target = (width, height, fit);
            try
            {
                try
                {
                    Decode(source, target, "warning", rgb, cancellation);
                }
                catch (VipsException error) when (type == ImageType.Jpeg && JpegWarnings.IsHarmless(error.Reason(type), file))
                {
                    Decode(source, target, "truncated", rgb, cancellation);
                }
            }
            catch (VipsException error)
            {
                cancellation.ThrowIfCancellationRequested();
                throw Undecodable(type, error);
            }
        }
    }

    /// <summary>Width and height of the upright image, from the header alone.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, int, int, ImageFit, ImageLimits, Span{byte}, CancellationToken)" path="/exception"/>
    public static (int Width, int Height) Measure(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        var type = Identify(file);
        fixed (byte* data = file)
        {
            try
            {
                using var image = new ImageFile(type, data, file.Length, limits).OpenHeader();
                return image.LiesOnItsSide ? (image.Height, image.Width) : (image.Width, image.Height);
            }
            catch (VipsException error)
            {
                throw Undecodable(type, error);
            }
        }
    }

    private static void Decode(
        ImageFile file, (int Width, int Height, ImageFit Fit) target, string failOn, Span<byte> rgb, CancellationToken cancellation)
    {
        using var opened = file.Open(target.Width, target.Height, failOn);
        using var killing = cancellation.UnsafeRegister(static image => ((VipsImage)image!).Kill(), opened);
        using var sized = ImageResizing.Resize(opened, target.Width, target.Height, target.Fit);
        using var colours = sized.Then("colourspace", ("space", "srgb"));
        using var opaque = colours.HasAlpha ? colours.Then("flatten", ("background", "255")) : colours.Then("copy");
        using var bytes = opaque.Then("cast", ("format", "uchar"));

        // Last of all: of an image with alpha, the bars would be transparent, and so white.
        using var padded = target.Fit == ImageFit.Pad ? ImageResizing.Pad(bytes, target.Width, target.Height) : bytes.Then("copy");
        padded.CopyTo(rgb);
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
        new(ImageProblem.Undecodable, $"The {type.Name} image cannot be decoded: {error.Reason(type)}.");
}
