using NetVips;

namespace RnnServe.Inference.Images;

/// <summary>Makes an opened image the wanted size.</summary>
internal static class ImageResizing
{
    /// <summary>Turns the image upright and makes it the wanted size, or one that fits into it if it is to be padded.</summary>
    public static Image Resize(Image image, int width, int height, ImageFit fit)
    {
        // An export without a profile to start from would take five times as long and change nothing.
        string? profile = image.Contains("icc-profile-data") ? "srgb" : null;
        var size = fit == ImageFit.Pad ? Enums.Size.Both : Enums.Size.Force;
        using var middle = fit == ImageFit.Crop ? Middle(image, width, height) : null;
        return (middle ?? image).ThumbnailImage(width, height, size, outputProfile: profile);
    }

    /// <summary>Puts an image that fits into the wanted size in the middle of black.</summary>
    public static Image Pad(Image image, int width, int height) =>
        image.Gravity(Enums.CompassDirection.Centre, width, height, Enums.Extend.Black);

    /// <summary>Whether what the file calls its width is the height of the upright image, by EXIF's orientation.</summary>
    public static bool LiesOnItsSide(Image image) => image.Contains("orientation") && image.Get("orientation") is >= 5 and <= 8;

    /// <summary>The largest part of the wanted proportions. It is cut out before the image is resized, as a line of 1 x 20,000 pixels
    /// that covers the wanted size is an image of gigabytes.</summary>
    private static Image Middle(Image image, int width, int height)
    {
        if (LiesOnItsSide(image)) (width, height) = (height, width);
        double scale = Math.Min((double)image.Width / width, (double)image.Height / height);
        int cutWidth = Math.Clamp((int)Math.Round(width * scale), 1, image.Width);
        int cutHeight = Math.Clamp((int)Math.Round(height * scale), 1, image.Height);
        return image.ExtractArea((image.Width - cutWidth) / 2, (image.Height - cutHeight) / 2, cutWidth, cutHeight);
    }
}
