using System.Globalization;
using NetVips;

namespace RnnServe.Inference.Images;

/// <summary>A file in memory, opened by libvips.</summary>
/// <param name="type">What its first bytes say.</param>
/// <param name="source">Its bytes.</param>
/// <param name="limits">What the header may claim.</param>
internal readonly struct ImageFile(ImageType type, Source source, ImageLimits limits)
{
    /// <summary>Inks of a print; a JPEG may claim more, which are no colours.</summary>
    private const int MostChannels = 4;

    /// <summary>Pixels of a row, as many as a JPEG can have, and where a colour has 16 bits: what is decoded from top to bottom has up to
    /// 512 rows in memory at once.</summary>
    private const int MostWidth = 65_535, MostDeepWidth = 32_767;

    /// <summary>Opens the file for its width and height.</summary>
    /// <exception cref="ImageException">The header claims too much.</exception>
    /// <exception cref="VipsException">The header is damaged.</exception>
    public Image OpenHeader() => Checked(Load([]));

    /// <summary>Checks the header, then opens the file for decoding from top to bottom: memory holds a few rows at a time.</summary>
    /// <param name="width">Wanted width in pixels.</param>
    /// <param name="height">Wanted height.</param>
    /// <param name="failOn">From which fault on the file is refused; damage is otherwise decoded as grey areas.</param>
    /// <inheritdoc cref="OpenHeader" path="/exception"/>
    public Image Open(int width, int height, Enums.FailOn failOn)
    {
        var options = new VOption { { "access", Enums.Access.Sequential }, { "fail_on", failOn } };
        var image = Checked(Load(options));
        int shrink = type == ImageType.Jpeg ? JpegShrink(image, width, height) : 1;
        if (shrink == 1) return image;
        image.Dispose();
        options.Add("shrink", shrink);
        return Load(options);
    }

    /// <summary>Reads the header; pixels are decoded when they are asked for.</summary>
    private Image Load(VOption options) => (Image)Operation.Call(type.Loader, options, source);

    /// <summary>Some files of a few kilobytes take gigabytes to decode; their headers say so.</summary>
    private Image Checked(Image image)
    {
        if (Refusal(image) is not { } refusal)
            return image;
        image.Dispose();
        throw refusal;
    }

    private ImageException? Refusal(Image image)
    {
        if (image.Bands > MostChannels)
        {
            string channels = $"The {type.Name} image has {image.Bands} channels; at most {MostChannels} are allowed.";
            return new ImageException(ImageProblem.Undecodable, channels);
        }

        bool isDeep = image.Format == Enums.BandFormat.Ushort;
        bool interlaced = image.Contains("interlaced");
        string kind = (isDeep ? "16-bit " : "") + (interlaced ? Interlaced : "") + type.Name;
        int widest = isDeep ? MostDeepWidth : MostWidth;
        if (image.Width > widest)
            return Large(kind, string.Create(CultureInfo.InvariantCulture, $"{image.Width} pixels wide"), widest);

        // A GIF or WebP is decoded frame by frame, a progressive file when its last scan is read: all of it is in memory.
        bool whole = interlaced || type == ImageType.WebP || type == ImageType.Gif;
        long most = whole ? limits.MaxWholePixels / (isDeep ? 2 : 1) : limits.MaxPixels;
        long pixels = (long)image.Width * image.Height;
        return pixels > most
            ? Large(kind, string.Create(CultureInfo.InvariantCulture, $"{image.Width} x {image.Height} = {pixels} pixels large"), most)
            : null;
    }

    private string Interlaced => type == ImageType.Jpeg ? "progressive " : type == ImageType.Png ? "interlaced " : "";

    private static ImageException Large(string kind, string size, long most) =>
        new(ImageProblem.TooManyPixels, $"The {kind} image is {size}; at most {most} are allowed.");

    /// <summary>JPEG decodes at a half, quarter or eighth for little; what remains is at least twice the wanted size, whichever way up
    /// the image is, so that the last reduction still smooths.</summary>
    private static int JpegShrink(Image image, int width, int height)
    {
        int ratio = Math.Min(image.Width, image.Height) / Math.Max(width, height);
        return ratio >= 16 ? 8 : ratio >= 8 ? 4 : ratio >= 4 ? 2 : 1;
    }
}
