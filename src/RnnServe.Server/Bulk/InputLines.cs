using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RnnServe.Server.Bulk;

/// <summary>The lines of a text; a line feed ends one and nothing else does.</summary>
internal static class InputLines
{
    /// <summary>Lines as they come.</summary>
    public static IEnumerable<string> Of(TextReader reader)
    {
        var (line, buffer) = (new StringBuilder(), new char[1 << 14]);
        for (int count; (count = reader.Read(buffer)) > 0;)
        {
            int begin = 0;
            for (int end; (end = Array.IndexOf(buffer, '\n', begin, count - begin)) >= 0; begin = end + 1)
            {
                yield return line.Append(buffer, begin, end - begin).ToString();
                line.Clear();
            }

            line.Append(buffer, begin, count - begin);
        }

        if (line.Length > 0)
            yield return line.ToString();
    }

    /// <summary>How many lines come, and a hash of them.</summary>
    /// <remarks>Of characters, as <see cref="Of"/> reads them: in UTF-16 a byte of another character may be that of a line feed.</remarks>
    public static (int Lines, string Hash) Count(TextReader reader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, lines, last) = (new char[1 << 16], 0, '\n');
        for (int count; (count = reader.Read(buffer)) > 0; last = buffer[count - 1])
        {
            hash.AppendData(MemoryMarshal.AsBytes(buffer.AsSpan(0, count)));
            lines += buffer.AsSpan(0, count).Count('\n');
        }

        return (last == '\n' ? lines : lines + 1, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
