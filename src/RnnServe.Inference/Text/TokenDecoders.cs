using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>Steps from tokens back to text.</summary>
internal static class TokenDecoders
{
    private static readonly Encoding Strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // What BERT's decoder takes back of the spaces around punctuation, one after the other.
    private static readonly (string Pattern, string Content)[] Cleaning =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>Turns runs of byte tokens into the text they spell; each byte of a run that is not UTF-8 becomes U+FFFD.</summary>
    public static List<string> ByteFallback(List<string> tokens)
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

    /// <summary>Cuts up to <paramref name="start"/> characters off each token's front and <paramref name="stop"/> off its end.</summary>
    public static Func<List<string>, List<string>> Strip(char content, int start, int stop) => tokens => tokens.ConvertAll(token =>
    {
        var (first, end) = (0, token.Length);
        while (first < start && first < end && token[first] == content)
            first++;
        while (token.Length - end < stop && end > first && token[end - 1] == content)
            end--;
        return token[first..end];
    });

    /// <summary>Turns the replacement character back into spaces; the first token loses it where it was put before texts.</summary>
    public static Func<List<string>, List<string>> Metaspace(char replacement, bool prepended) => tokens =>
        [.. tokens.Select((token, i) => token.Replace(replacement.ToString(), prepended && i == 0 ? "" : " ", StringComparison.Ordinal))];

    /// <summary>Puts a space before each token but the first and those that go on a word.</summary>
    public static Func<List<string>, List<string>> WordPiece(string prefix, bool clean) => tokens => [.. tokens.Select((token, i) =>
    {
        if (i > 0)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return clean
            ? Cleaning.Aggregate(token, (text, step) => text.Replace(step.Pattern, step.Content, StringComparison.Ordinal))
            : token;
    })];

    /// <summary>Turns the ends of words into spaces, but for the last.</summary>
    public static Func<List<string>, List<string>> WordEnds(string suffix) => tokens =>
        [.. tokens.Select((token, i) => token.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];

    private static void Flush(List<byte> bytes, List<string> result)
    {
        try
        {
            if (bytes.Count > 0)
                result.Add(Strict.GetString([.. bytes]));
        }
        catch (DecoderFallbackException)
        {
            result.Add(new string('\ufffd', bytes.Count));
        }

        bytes.Clear();
    }
}
