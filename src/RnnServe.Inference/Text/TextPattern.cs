using System.Text;
using System.Text.RegularExpressions;

namespace RnnServe.Inference.Text;

/// <summary>A regular expression over characters. .NET's own sees the two halves of a pair where others see a letter.</summary>
internal sealed class TextPattern(string pattern)
{
    /// <summary>How GPT-2 cuts words: endings of contractions; letters, digits or signs, with a space before; white space.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    // A character of the basic plane for each Unicode category, in .NET's order, that stands for all others of that category.
    private const string StandIns = "Āāǅʰƻ\u0300\u0903\u0488\u0660Ⅰ²\u00a0\u2028\u2029\u0080\u00ad\ufffd\ue000‿‐⁅⁆«»¡×¢¨©\u0378";

    // A line ends at each '\n' for "^" and "$", as in Oniguruma, which Hugging Face's library uses.
    private readonly Regex regex = new(pattern, RegexOptions.CultureInvariant | RegexOptions.Multiline);

    public static TextPattern Literal(string text) => new(Regex.Escape(text));

    /// <summary>A text with one UTF-16 unit per character, and where each of these and the end is in the text; null if it has that
    /// already.</summary>
    public static (string Text, List<int> Offsets)? Flatten(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyInRange('\uD800', '\uDFFF'))
            return null;

        var (flat, offsets, offset) = (new StringBuilder(text.Length), new List<int>(text.Length), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            flat.Append(rune.IsBmp ? (char)rune.Value : StandIns[(int)Rune.GetUnicodeCategory(rune)]);
            offsets.Add(offset);
            offset += rune.Utf16SequenceLength;
        }

        offsets.Add(offset);
        return (flat.ToString(), offsets);
    }

    /// <summary>The next match that is not empty, from a position on; one of length 0 at the end of the text when there is none.</summary>
    /// <param name="text">A text with one UTF-16 unit per character.</param>
    /// <param name="from">Matches may look back beyond it.</param>
    public (int Start, int Length) Find(ReadOnlySpan<char> text, int from)
    {
        foreach (var match in regex.EnumerateMatches(text, from))
        {
            if (match.Length > 0)
                return (match.Index, match.Length);
        }

        return (text.Length, 0);
    }

    /// <summary>The text with something else in place of every match.</summary>
    public string Replace(string text, string content)
    {
        var flat = Flatten(text);
        var (units, result, end) = (flat?.Text ?? text, new StringBuilder(text.Length), 0);
        while (true)
        {
            var (start, length) = Find(units, end);
            result.Append(text.AsSpan(Offset(end)..Offset(start)));
            if (length == 0)
                return result.ToString();

            result.Append(content);
            end = start + length;
        }

        int Offset(int unit) => flat is { } known ? known.Offsets[unit] : unit;
    }
}
