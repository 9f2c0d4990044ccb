using Microsoft.Win32.SafeHandles;

namespace RnnServe.Server.Bulk;

/// <summary>The text that goes in: a file, by its name or as standard input, or a pipe.</summary>
/// <remarks>It is opened once: a pipe, which may have a name too, gives everything once. It is UTF-8, or what its byte order mark
/// says.</remarks>
internal sealed class BulkInput : IDisposable
{
    private readonly StreamReader reader;

    private BulkInput(Stream stream, int? count, string? hash) => (reader, Count, Hash) = (new(stream), count, hash);

    /// <summary>Its lines.</summary>
    public IEnumerable<string> Lines => InputLines.Of(reader);

    /// <summary>How many; null: of a pipe nobody knows.</summary>
    public int? Count { get; }

    /// <summary>Of a file, by which an interrupted command knows that it is the same; null: of a pipe nobody knows.</summary>
    public string? Hash { get; }

    /// <param name="file">The file; null: standard input.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static BulkInput Open(FileInfo? file)
    {
        var stream = file is null ? StandardInput()
            : file.Exists ? file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : throw new FileNotFoundException($"There is no file '{file.FullName}'.");
        if (!stream.CanSeek)
            return new(stream, null, null);

        // What somebody has read of standard input before is no part of it.
        long start = stream.Position;
        using var counted = new StreamReader(stream, bufferSize: 1 << 16, leaveOpen: true);
        var (count, hash) = InputLines.Count(counted);
        stream.Position = start;
        return new(stream, count, hash);
    }

    public void Dispose() => reader.Dispose();

    /// <summary>As it is: the console's own stream cannot say whether the shell opened a file (<c>&lt; texts.en</c>).</summary>
    private static Stream StandardInput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read);
}
