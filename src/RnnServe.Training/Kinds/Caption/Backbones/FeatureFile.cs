using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>What a file of features is of: another key, count or size is another file.</summary>
/// <param name="Key">SHA-256, as hexadecimal digits, of everything that decides the features.</param>
/// <param name="Photos">Number of photos.</param>
/// <param name="Values">Numbers of one view of a photo: cells x channels.</param>
internal sealed record FeatureFileLayout(string Key, long Photos, int Values)
{
    /// <summary>Views of a photo: as it is, and mirrored.</summary>
    public const int Views = 2;

    /// <summary>Bytes of one photo's views.</summary>
    public long PhotoBytes => (long)Values * Views * sizeof(ushort);
}

/// <summary>Features of photos on disk, 16 bits a number: a header, then photo by photo the features as it is and mirrored. The header
/// counts the photos that are complete, so that an interrupted computation goes on where it was. Reading is thread-safe.</summary>
internal sealed class FeatureFile : IDisposable
{
    private readonly FeatureFileLayout layout;
    private readonly SafeFileHandle file;
    private readonly int headerBytes;

    private FeatureFile(FeatureFileLayout layout, SafeFileHandle file, int headerBytes) =>
        (this.layout, this.file, this.headerBytes) = (layout, file, headerBytes);

    private static ReadOnlySpan<byte> Magic => "RNNSFEA1"u8;

    /// <summary>Photos whose features are in the file, from the first on.</summary>
    public long Done { get; private set; }

    /// <summary>Opens a file, or begins one where there is none or one of other features.</summary>
    /// <exception cref="IOException">Another process is computing it, or the disk is full.</exception>
    public static FeatureFile Open(string path, FeatureFileLayout layout)
    {
        byte[] header = Header(layout);
        if (File.Exists(path) && Existing(path, layout, header) is { } found)
            return found;

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        long bytes = header.Length + sizeof(long) + (layout.Photos * layout.PhotoBytes);
        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, preallocationSize: bytes);
        RandomAccess.Write(handle, header, 0);
        var file = new FeatureFile(layout, handle, header.Length);
        file.Commit();
        return file;
    }

    /// <summary>Adds the features of the next photos and marks them as complete.</summary>
    /// <param name="features">Photo by photo: as it is, mirrored.</param>
    public void Append(ReadOnlySpan<ushort> features)
    {
        var bytes = MemoryMarshal.AsBytes(features);
        RandomAccess.Write(file, bytes, Position(Done));
        Done += bytes.Length / layout.PhotoBytes;
        Commit();
    }

    /// <summary>Reads one view of a photo.</summary>
    /// <param name="photo">From 0.</param>
    /// <param name="mirrored">Which view.</param>
    /// <param name="features">Receives it, as bytes of 16-bit floats.</param>
    public void Read(int photo, bool mirrored, Span<byte> features)
    {
        long offset = Position(photo) + (mirrored ? layout.PhotoBytes / FeatureFileLayout.Views : 0);
        while (features.Length > 0)
        {
            int read = RandomAccess.Read(file, features, offset);
            if (read == 0)
                throw new EndOfStreamException($"The features of photo {photo} are cut short.");
            features = features[read..];
            offset += read;
        }
    }

    public void Dispose() => file.Dispose();

    private static FeatureFile? Existing(string path, FeatureFileLayout layout, byte[] header)
    {
        // A complete file may be read by several trainings at once; one that grows belongs to one.
        foreach (var (access, share) in new[] { (FileAccess.Read, FileShare.Read), (FileAccess.ReadWrite, FileShare.None) })
        {
            var handle = File.OpenHandle(path, FileMode.Open, access, share);
            var (found, done) = (new byte[header.Length], new byte[sizeof(long)]);
            RandomAccess.Read(handle, found, 0);
            bool counted = RandomAccess.Read(handle, done, header.Length) == done.Length && found.AsSpan().SequenceEqual(header);
            var file = new FeatureFile(layout, handle, header.Length) { Done = counted ? BitConverter.ToInt64(done) : -1 };
            if (file.Done == layout.Photos || (file.Done >= 0 && access == FileAccess.ReadWrite))
                return file;
            file.Dispose();
        }

        return null;
    }

    private static byte[] Header(FeatureFileLayout layout) =>
    [
        .. Magic, .. Convert.FromHexString(layout.Key),
        .. BitConverter.GetBytes(layout.Photos), .. BitConverter.GetBytes((long)layout.Values),
    ];

    private long Position(long photo) => headerBytes + sizeof(long) + (photo * layout.PhotoBytes);

    // The photos must be on the disk before the header says so.
    private void Commit()
    {
        RandomAccess.FlushToDisk(file);
        RandomAccess.Write(file, BitConverter.GetBytes(Done), headerBytes);
    }
}
