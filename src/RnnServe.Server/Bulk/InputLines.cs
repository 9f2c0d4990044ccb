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
    public static (int Lines, string Hash) Count(Stream file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, lines, last) = (new byte[1 << 16], 0, (byte)'\n');
        for (int count; (count = file.Read(buffer)) > 0; last = buffer[count - 1])
        {
            hash.AppendData(buffer, 0, count);
            lines += buffer.AsSpan(0, count).Count((byte)'\n');
        }

        return (last == '\n' ? lines : lines + 1, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
