using System.Globalization;

namespace RnnServe.Inference.Images;

/// <summary>Makes an opened image the wanted size.</summary>
internal static class ImageResizing
{
    /// <summary>Turns the image upright and makes it the wanted size, or one that fits into it if it is to be padded.</summary>
    public static VipsImage Resize(VipsImage image, int width, int height, ImageFit fit)
    {
        List<(string Name, string Value)> size = [("width", Text(width)), ("height", Text(height))];

        // An export without a profile to start from would take five times as long and change nothing.
        List<(string Name, string Value)> options = image.HasProfile ? [.. size, ("output-profile", "srgb")] : size;
        switch (fit)
        {
            case ImageFit.Squash:
                return image.Then("thumbnail_image", [.. options, ("size", "force")]);
            case ImageFit.Crop:
                using (var middle = Middle(image, width, height))
                    return middle.Then("thumbnail_image", [.. options, ("size", "force")]);
            default:
                return image.Then("thumbnail_image", [.. options]);
        }
    }

    /// <summary>Puts an image that fits into the wanted size in the middle of black.</summary>
    public static VipsImage Pad(VipsImage image, int width, int height) => image.Then(
        "gravity", ("width", Text(width)), ("height", Text(height)), ("direction", "centre"), ("extend", "black"));

    /// <summary>The largest part of the wanted proportions. It is cut out before the image is resized, as a line of 1 x 20,000 pixels
    /// that covers the wanted size is an image of gigabytes.</summary>
    private static VipsImage Middle(VipsImage image, int width, int height)
    {
        if (image.LiesOnItsSide) (width, height) = (height, width);
        double scale = Math.Min((double)image.Width / width, (double)image.Height / height);
        int cutWidth = Math.Clamp((int)Math.Round(width * scale), 1, image.Width);
        int cutHeight = Math.Clamp((int)Math.Round(height * scale), 1, image.Height);
        using var operation = new VipsOperation("extract_area")
            .With("input", image)
            .With("left", Text((image.Width - cutWidth) / 2))
            .With("top", Text((image.Height - cutHeight) / 2))
            .With("width", Text(cutWidth))
            .With("height", Text(cutHeight));
        return operation.RunToImage();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
