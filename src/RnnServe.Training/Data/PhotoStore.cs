using RnnServe.Inference.Images;

namespace RnnServe.Training.Data;

/// <summary>Photos as squares of pixels. Decoding costs as much as a tenth of a training, so pixels stay in memory as far as there is room.</summary>
/// <param name="paths">The photos' files.</param>
/// <param name="size">Rows and columns.</param>
/// <param name="room">Bytes of memory for pixels that stay.</param>
internal sealed class PhotoStore(IReadOnlyList<string> paths, int size, long room)
{
    private static readonly ImageLimits Limits = new();

    private readonly byte[]?[] kept = new byte[]?[paths.Count];
    private long left = room;

    /// <summary>Rows and columns of the photos.</summary>
    public int Size => size;

    /// <summary>A photo's pixels, [size, size, 3]; only to be read. Threads may ask at the same time.</summary>
    /// <exception cref="InvalidDataException">The file cannot be decoded.</exception>
    public byte[] Read(int photo)
    {
        if (Volatile.Read(ref kept[photo]) is { } found)
            return found;
        byte[] rgb = Decode(paths[photo], size);
        if (Interlocked.Add(ref left, -rgb.Length) >= 0)
            Volatile.Write(ref kept[photo], rgb);
        return rgb;
    }

    /// <summary>Decodes a file.</summary>
    /// <exception cref="InvalidDataException">It cannot be decoded; the message begins with its path.</exception>
    public static byte[] Decode(string path, int size)
    {
        byte[] rgb = new byte[size * size * 3];
        try
        {
            ImageDecoder.Decode(File.ReadAllBytes(path), size, size, ImageFit.Squash, Limits, rgb);
            return rgb;
        }
        catch (ImageException error)
        {
            throw new InvalidDataException($"'{path}': {error.Message}", error);
        }
    }
}
