using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>A step from tokens back to text.</summary>
internal interface ITokenDecoder
{
    List<string> Decode(List<string> tokens);
}

/// <summary>Turns runs of byte tokens into the text they spell; bytes that are not UTF-8 become U+FFFD.</summary>
internal sealed class ByteFallbackDecoder : ITokenDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (ByteTokens.TryParse(token, out var value))
            {
                bytes.Add(value);
                continue;
            }

            Flush(bytes, result);
            result.Add(token);
        }

        Flush(bytes, result);
        return result;
    }

    private static void Flush(List<byte> bytes, List<string> result)
    {
        if (bytes.Count == 0)
            return;

        result.Add(Encoding.UTF8.GetString([.. bytes]));
        bytes.Clear();
    }
}

/// <summary>Joins all tokens into one.</summary>
internal sealed class FuseDecoder : ITokenDecoder
{
    public List<string> Decode(List<string> tokens) => [string.Concat(tokens)];
}

/// <summary>Replaces a string in every token.</summary>
internal sealed class ReplaceDecoder(string pattern, string content) : ITokenDecoder
{
    public List<string> Decode(List<string> tokens) =>
        tokens.ConvertAll(token => token.Replace(pattern, content, StringComparison.Ordinal));
}

/// <summary>Cuts up to <paramref name="start"/> characters off each token's front and <paramref name="stop"/> off its end.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : ITokenDecoder
{
    public List<string> Decode(List<string> tokens) => tokens.ConvertAll(Strip);

    private string Strip(string token)
    {
        var (first, end) = (0, token.Length);
        while (first < start && first < end && token[first] == content)
            first++;
        while (token.Length - end < stop && end > first && token[end - 1] == content)
            end--;
        return token[first..end];
    }
}

/// <summary>Turns the replacement character back into spaces, and drops the one that was put before the text.</summary>
internal sealed class MetaspaceDecoder(char replacement, PrependScheme scheme) : ITokenDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var result = tokens.ConvertAll(token => token.Replace(replacement, ' '));
        if (scheme != PrependScheme.Never && result.Count > 0 && result[0].StartsWith(' '))
            result[0] = result[0][1..];
        return result;
    }
}
