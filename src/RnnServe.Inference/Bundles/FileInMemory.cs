using System.Runtime.InteropServices;

namespace RnnServe.Inference.Bundles;

/// <summary>The bytes of a file, read at once.</summary>
/// <remarks>Not mapped: a file that is cut short while it is looked at would end the process. Not on the managed heap: what was looked at
/// leaves no memory behind.</remarks>
internal sealed unsafe class FileInMemory : IDisposable
{
    private readonly byte* start;
    private readonly int length;

    /// <exception cref="IOException">It cannot be read.</exception>
    public FileInMemory(string path)
    {
        using var handle = File.OpenHandle(path);
        int size = checked((int)RandomAccess.GetLength(handle));
        start = (byte*)NativeMemory.Alloc((nuint)size);
        try
        {
            var bytes = new Span<byte>(start, size);
            while (length < size && RandomAccess.Read(handle, bytes[length..], length) is > 0 and var more)
                length += more;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ReadOnlySpan<byte> Bytes => new(start, length);

    public void Dispose() => NativeMemory.Free(start);
}
