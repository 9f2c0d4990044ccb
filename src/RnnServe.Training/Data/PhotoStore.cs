namespace RnnServe.Training.Data;

/// <summary>Photos as squares of pixels. Decoding costs up to a tenth of a training, so they stay in memory while there is room.</summary>
/// <param name="paths">The photos' files.</param>
/// <param name="size">Rows and columns.</param>
/// <param name="fit">What happens to a photo of other proportions.</param>
/// <param name="room">Bytes of memory for pixels that stay.</param>
internal sealed class PhotoStore(IReadOnlyList<string> paths, int size, PhotoFit fit, long room)
{
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
        byte[] rgb = PhotoReader.Decode(paths[photo], size, fit);
        if (Interlocked.Add(ref left, -rgb.Length) >= 0)
            Volatile.Write(ref kept[photo], rgb);
        return rgb;
    }
}
