using System.Globalization;
using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>A step that cuts pieces of a text into smaller ones.</summary>
internal interface IPreTokenizer
{
    /// <param name="pieces">The text so far; the first piece begins the text.</param>
    List<ReadOnlyMemory<char>> Split(List<ReadOnlyMemory<char>> pieces);
}

/// <summary>When Metaspace puts a replacement character before a piece that does not begin with one.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>Replaces spaces with a visible character; a piece begins at each of them where <paramref name="split"/> is set.</summary>
internal sealed class MetaspacePreTokenizer(char replacement, PrependScheme scheme, bool split) : IPreTokenizer
{
    public List<ReadOnlyMemory<char>> Split(List<ReadOnlyMemory<char>> pieces)
    {
        var result = new List<ReadOnlyMemory<char>>();
        for (var i = 0; i < pieces.Count; i++)
        {
            var text = pieces[i].ToString().Replace(' ', replacement);
            if ((scheme == PrependScheme.Always || (scheme == PrependScheme.First && i == 0)) && !text.StartsWith(replacement))
                text = replacement + text;
            AddParts(text, result);
        }

        return result;
    }

    private void AddParts(string text, List<ReadOnlyMemory<char>> parts)
    {
        var start = 0;
        for (var i = 1; split && i < text.Length; i++)
        {
            if (text[i] == replacement)
            {
                parts.Add(text.AsMemory(start..i));
                start = i;
            }
        }

        parts.Add(text.AsMemory(start));
    }
}

/// <summary>Cuts at white space, which is dropped.</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    public List<ReadOnlyMemory<char>> Split(List<ReadOnlyMemory<char>> pieces)
    {
        var words = new List<ReadOnlyMemory<char>>();
        foreach (var piece in pieces)
        {
            var start = 0;
            for (var i = 0; i <= piece.Length; i++)
            {
                if (i < piece.Length && !char.IsWhiteSpace(piece.Span[i]))
                    continue;
                if (i > start)
                    words.Add(piece[start..i]);
                start = i + 1;
            }
        }

        return words;
    }
}

/// <summary>Cuts punctuation off: each character alone (<paramref name="isolated"/>), or runs of it together.</summary>
internal sealed class PunctuationPreTokenizer(bool isolated) : IPreTokenizer
{
    public List<ReadOnlyMemory<char>> Split(List<ReadOnlyMemory<char>> pieces)
    {
        var result = new List<ReadOnlyMemory<char>>(pieces.Count + 4);
        foreach (var piece in pieces)
            AddParts(piece, result);
        return result;
    }

    private void AddParts(ReadOnlyMemory<char> piece, List<ReadOnlyMemory<char>> parts)
    {
        var (start, end, before) = (0, 0, false);
        foreach (var rune in piece.Span.EnumerateRunes())
        {
            var punctuation = IsPunctuation(rune);
            if (end > start && (punctuation != before || (punctuation && isolated)))
            {
                parts.Add(piece[start..end]);
                start = end;
            }

            before = punctuation;
            end += rune.Utf16SequenceLength;
        }

        if (end > start)
            parts.Add(piece[start..]);
    }

    // ASCII signs such as '$' and '+' count, although Unicode calls them symbols.
    private static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? char.IsPunctuation((char)rune.Value) || char.IsSymbol((char)rune.Value)
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;
}
