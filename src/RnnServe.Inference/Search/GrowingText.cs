using RnnServe.Inference.Text;

namespace RnnServe.Inference.Search;

/// <summary>A text that is told piece by piece as it grows: what was told is never taken back.</summary>
/// <param name="write">Gets the pieces.</param>
internal sealed class GrowingText(Action<string> write)
{
    private int written;

    /// <summary>What cannot change any more of a text that more tokens may follow: a character whose bytes are not all there, and the
    /// blanks at the end, are left out.</summary>
    public static string Settled(string beginning) => beginning.AsSpan().TrimEnd(" \ufffd").ToString();

    /// <summary>The same of what tokens decode to: bytes that spell characters are all shown otherwise if one more does not fit.</summary>
    public static string Settled(Tokenizer tokenizer, ReadOnlySpan<int> tokens)
    {
        while (tokens.Length > 0 && ByteTokens.TryParse(tokenizer.TokenText(tokens[^1]), out _))
            tokens = tokens[..^1];
        return Settled(tokenizer.Decode(tokens.ToArray()));
    }

    /// <summary>Tells what is new of a text that begins with what was told.</summary>
    public void Tell(string whole)
    {
        if (whole.Length <= written)
            return;
        write(whole[written..]);
        written = whole.Length;
    }

    /// <summary>Begins another text behind this one.</summary>
    public void Next() => written = 0;
}
