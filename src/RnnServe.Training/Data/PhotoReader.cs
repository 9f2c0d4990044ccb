using RnnServe.Inference.Images;

namespace RnnServe.Training.Data;

/// <summary>What happens to a photo of other proportions.</summary>
internal enum PhotoFit
{
    /// <summary>Its proportions change.</summary>
    Squash,

    /// <summary>What sticks out is cut off.</summary>
    Crop,

    /// <summary>What is left over is black.</summary>
    Pad,
}

/// <summary>Decodes photos by the code that serves.</summary>
internal static class PhotoReader
{
    private static readonly ImageLimits Limits = new() { MaxPixels = 200_000_000 };

    /// <summary>A photo as bytes, [size, size, 3].</summary>
    /// <exception cref="InvalidDataException">It cannot be decoded.</exception>
    public static byte[] Decode(string path, int size, PhotoFit fit)
    {
        try
        {
            return ImageDecoder.Decode(File.ReadAllBytes(path), size, size, Enum.Parse<ImageFit>(fit.ToString()), Limits);
        }
        catch (ImageException error)
        {
            throw new InvalidDataException($"Photo '{path}': {error.Message}", error);
        }
    }
}
