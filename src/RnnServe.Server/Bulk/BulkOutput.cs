using System.Security.Cryptography;
using System.Text;

namespace RnnServe.Server.Bulk;

/// <summary>Where the lines of answers go.</summary>
/// <remarks>
/// A file is written under another name, which also says by a hash what the work is, and gets its own name when it is complete. The same
/// work goes on behind the last complete line of what is there, so that a program that was killed loses nothing but what was under way. Two
/// programs cannot do the same work at once.
/// </remarks>
internal sealed class BulkOutput : IDisposable
{
    private readonly Stream stream;
    private readonly string? path;
    private readonly string? partial;

    private BulkOutput(Stream stream, string? path, string? partial) => (this.stream, this.path, this.partial) = (stream, path, partial);

    /// <summary>Lines that are there already.</summary>
    public int Done { get; private init; }

    /// <summary>Those of them that end with a tab: what was asked has no answer.</summary>
    public int Unanswered { get; private init; }

    /// <param name="path">The file; null: standard output.</param>
    /// <param name="work">Says what the work is: other work does not go on with what this one wrote. Null: nobody knows, and it begins
    /// anew.</param>
    /// <exception cref="BulkException">No file can have that path.</exception>
    public static BulkOutput Open(string? path, string? work)
    {
        if (path is null)
            return new(Console.OpenStandardOutput(), null, null);

        // Under its other name the file could be written all the same, and would never get this one.
        if (path.Length == 0 || Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
            throw new BulkException($"--output is '{path}', but must be the path of a file, which no folder has.");
        string? hash = work is null ? null : "." + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(work)))[..8];
        string partial = $"{path}{hash}.part";
        var file = new FileStream(partial, hash is null ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var (lines, unanswered, end) = Complete(file);
        file.SetLength(end);
        file.Position = end;
        return new(file, path, partial) { Done = lines, Unanswered = unanswered };
    }

    /// <summary>Writes lines, and hands them to the operating system.</summary>
    public void Write(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            stream.Write(Encoding.UTF8.GetBytes(line.Replace('\n', ' ') + '\n'));
        stream.Flush();
    }

    /// <summary>All lines are there.</summary>
    public void Finish()
    {
        stream.Dispose();
        if (partial is not null)
            File.Move(partial, path!, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    /// <summary>The complete lines of a file, those of them that end with a tab, and where they end.</summary>
    private static (int Lines, int Unanswered, long End) Complete(FileStream file)
    {
        var buffer = new byte[1 << 16];
        var (lines, unanswered, end, place, before) = (0, 0, 0L, 0L, (byte)0);
        for (int count; (count = file.Read(buffer)) > 0;)
        {
            foreach (byte now in buffer.AsSpan(0, count))
            {
                place++;
                if (now == '\n')
                    (lines, unanswered, end) = (lines + 1, unanswered + (before == '\t' ? 1 : 0), place);
                before = now;
            }
        }

        return (lines, unanswered, end);
    }
}
