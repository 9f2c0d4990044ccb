using System.Buffers;
using System.Globalization;

namespace RnnServe.Inference.Text;

/// <summary>A part of a text.</summary>
/// <param name="Text">The characters as they are in the text; never empty.</param>
/// <param name="IsSentence">True for a sentence, which begins and ends with other than white space; false for white space.</param>
public readonly record struct TextPiece(string Text, bool IsSentence);

/// <summary>Splits a text into its sentences and the white space between them.</summary>
/// <remarks>
/// Rules, no model: a line break always ends a sentence; '.', '!', '?' and '…' end one before white space, with the quotes and
/// brackets that close after them; their East Asian forms need no space. A full stop does not end a sentence after an abbreviation of
/// the language, an initial, a number that may be an ordinal one or that begins the sentence, nor before a lower-case letter. Where
/// somebody forgot the space, a stop between a word and a capitalised one ends a sentence. When in doubt it does not split: a model
/// loses less on two sentences in one than on half a sentence.
/// </remarks>
/// <param name="language">The texts' language, a BCP 47 code.</param>
public sealed class SentenceSplitter(string language)
{
    private const int LongestAbbreviation = 12;
    private const int LongestAddress = 256;     // looked back for, so that no text takes quadratic time

    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\n\r\v\f\u0085\u2028\u2029");
    private static readonly SearchValues<char> Stops = SearchValues.Create(".!?…");
    private static readonly SearchValues<char> WideStops = SearchValues.Create("。！？｡．");
    private static readonly SearchValues<char> Closing = SearchValues.Create("\"')]}”’“‘»«›‹」』）】》〉］｝");
    private static readonly SearchValues<char> Opening = SearchValues.Create("\"'([{“„‘‚«»‹›「『（【《〈¿¡*_-–—");

    private readonly Abbreviations abbreviations = new(language);

    /// <summary>Sentences and white space in the order of the text; joined, their texts are the text.</summary>
    public IReadOnlyList<TextPiece> Split(string text)
    {
        var pieces = new List<TextPiece>();
        var start = 0;
        while (start < text.Length)
        {
            var isSpace = char.IsWhiteSpace(text[start]);
            var end = isSpace ? EndOfSpace(text, start) : EndOfSentence(text, start);
            pieces.Add(new TextPiece(text[start..end], !isSpace));
            start = end;
        }

        return pieces;
    }

    /// <summary>The same, but without an end inside what stays together: an address, a tag.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="spans">What stays together, from left to right.</param>
    internal IEnumerable<TextPiece> Split(string text, IReadOnlyList<(int Start, int Length)> spans)
    {
        char[] covered = text.ToCharArray();
        foreach (var (start, length) in spans)
        {
            foreach (ref char c in covered.AsSpan(start, length))
                c = Stops.Contains(c) || WideStops.Contains(c) || char.IsWhiteSpace(c) ? '0' : c;
        }

        int place = 0;
        foreach (var (piece, isSentence) in Split(new string(covered)))
        {
            yield return new TextPiece(text.Substring(place, piece.Length), isSentence);
            place += piece.Length;
        }
    }

    private static int EndOfSpace(string text, int start)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        return start;
    }

    private int EndOfSentence(string text, int start)
    {
        var end = start;                // behind the last character that is not white space
        for (var i = start; i < text.Length && !LineBreaks.Contains(text[i]); i++)
        {
            if (!char.IsWhiteSpace(text[i]))
                end = i + 1;
            if (!Stops.Contains(text[i]) && !WideStops.Contains(text[i]))
                continue;

            var stop = i;
            var wide = false;
            for (; i < text.Length && (Stops.Contains(text[i]) || WideStops.Contains(text[i])); i++)
                wide |= WideStops.Contains(text[i]);
            var afterStops = i;
            while (i < text.Length && Closing.Contains(text[i]))
                i++;

            end = i;
            if (i == text.Length || (wide && !IsInNumber(text, stop, i)))
                return end;
            if (wide)
            {
                i--;
                continue;
            }

            if (char.IsWhiteSpace(text[i]) ? EndsSentence(text, start, stop, afterStops, i) : LacksSpace(text, start, stop, i))
                return end;
            i--;
        }

        return end;
    }

    /// <summary>Whether a wide stop is the point in a number.</summary>
    private static bool IsInNumber(string text, int stop, int next) =>
        text[stop] == '．' && next == stop + 1 && stop > 0 && char.IsDigit(text[stop - 1]) && char.IsDigit(text[next]);

    /// <param name="text">The whole text.</param>
    /// <param name="start">Where the sentence begins.</param>
    /// <param name="stop">The first of a run of stops.</param>
    /// <param name="afterStops">Behind that run.</param>
    /// <param name="space">Behind the quotes and brackets after it: white space.</param>
    private bool EndsSentence(string text, int start, int stop, int afterStops, int space)
    {
        var startsLower = StartsLower(text, EndOfSpace(text, space));
        var last = text[afterStops - 1];
        if (last is '!' or '?')
            return !startsLower || space == afterStops;     // "Stop!" he said. — but: really? yes.
        if (startsLower)
            return text[space..EndOfSpace(text, space)].AsSpan().ContainsAny(LineBreaks);
        return afterStops - stop > 1 || last != '.' || !StopBelongsToWord(text, start, stop, Word(text, EndOfSpace(text, space)));
    }

    /// <summary>Whether somebody forgot the space: "a bike.Two girls", but neither "example.com" nor "z.B.Hunde".</summary>
    private bool LacksSpace(string text, int start, int stop, int next)
    {
        var afterWord = stop > start && (char.IsLower(text[stop - 1]) || Closing.Contains(text[stop - 1]));
        if (!afterWord || !char.IsUpper(text[next]))
            return false;
        if (next > stop + 1 && !Closing.Contains(text[next - 1]) && !Stops.Contains(text[next - 1]))
            return false;
        var word = Word(text, next);
        var rest = text.AsSpan(next + word.Length);
        var isCapitalised = word.Length == 1 ? word[0] is 'I' or 'A' : word[1..].ToString().All(char.IsLower);
        var isWhole = rest.IsEmpty || char.IsWhiteSpace(rest[0]) || rest[0] is ',' or ';' or '\'' or '’'
            || (Stops.Contains(rest[0]) && (rest.Length == 1 || !char.IsLetterOrDigit(rest[1])));
        return isCapitalised && isWhole && !IsAddress(text, start, stop)
            && (Closing.Contains(text[stop - 1]) || !StopBelongsToWord(text, start, stop, word));
    }

    /// <summary>Whether what a stop is in is a web or mail address.</summary>
    private static bool IsAddress(string text, int start, int stop)
    {
        var first = stop;
        while (first > start && stop - first < LongestAddress && !char.IsWhiteSpace(text[first - 1]))
            first--;
        var before = text.AsSpan(first, stop - first);
        return before.ContainsAny('@', '/', '\\') || before.StartsWith("www", StringComparison.OrdinalIgnoreCase);
    }

    private static bool StartsLower(string text, int next)
    {
        next = EndOfOpening(text, next);
        return next < text.Length && char.GetUnicodeCategory(text, next) == UnicodeCategory.LowercaseLetter;
    }

    private static int EndOfOpening(string text, int next)
    {
        while (next < text.Length && Opening.Contains(text[next]))
            next++;
        return next;
    }

    private static ReadOnlySpan<char> Word(string text, int next)
    {
        var first = EndOfOpening(text, next);
        var end = first;
        while (end < text.Length && char.IsLetterOrDigit(text[end]))
            end++;
        return text.AsSpan(first, end - first);
    }

    private bool StopBelongsToWord(string text, int start, int stop, ReadOnlySpan<char> next)
    {
        var first = stop;
        while (first > start && stop - first <= LongestAbbreviation && (char.IsLetterOrDigit(text[first - 1]) || text[first - 1] == '.'))
            first--;

        var word = text.AsSpan(first, stop - first);
        if (word.Length is 1 or 2 && !word.ContainsAnyExceptInRange('0', '9'))
            return abbreviations.Ordinals || first == EndOfOpening(text, start);
        if (word.Length > 1 && abbreviations.Ordinals && Abbreviations.IsNumber(word) && char.IsLetter(word[0]))
            return true;                                    // Ludwig XIV.
        if (abbreviations.Knows(word))
            return abbreviations.Holds(word, next);
        if (word.Length == 1 && (char.IsUpper(word[0]) || char.IsLower(word[0])) && word[0] != 'I')
            return true;                                    // an initial or "z. B."; "I" is more often the pronoun
        return IsDottedLetters(word);
    }

    // "z.B", "e.g", "i.d.R", "n.Chr": short groups with a stop after each, one of them a single letter.
    private static bool IsDottedLetters(ReadOnlySpan<char> word)
    {
        var (groups, single) = (0, false);
        foreach (var range in word.Split('.'))
        {
            var group = word[range];
            if (group.Length is 0 or > 3 || !char.IsLetter(group[0]))
                return false;
            groups++;
            single |= group.Length == 1;
        }

        return groups > 1 && single;
    }
}
