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
/// brackets that close after them; their East Asian forms need no space. A full stop does not end a sentence after an abbreviation,
/// an initial or a number of one or two digits (German ordinals), nor before a lower-case letter. When in doubt it does not
/// split: a model loses less on two sentences in one than on half a sentence.
/// </remarks>
public static class SentenceSplitter
{
    private const int LongestAbbreviation = 12;

    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\n\r\v\f\u0085\u2028\u2029");
    private static readonly SearchValues<char> Stops = SearchValues.Create(".!?…");
    private static readonly SearchValues<char> WideStops = SearchValues.Create("。！？｡．");
    private static readonly SearchValues<char> Closing = SearchValues.Create("\"')]}”’“‘»«›‹」』）】》〉］｝");
    private static readonly SearchValues<char> Opening = SearchValues.Create("\"'([{“„‘‚«»‹›「『（【《〈¿¡*_-–—");

    /// <summary>Sentences and white space in the order of the text; joined, their texts are the text.</summary>
    public static IReadOnlyList<TextPiece> Split(string text)
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

    private static int EndOfSpace(string text, int start)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        return start;
    }

    private static int EndOfSentence(string text, int start)
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
            if (i == text.Length || wide || (char.IsWhiteSpace(text[i]) && EndsSentence(text, start, stop, afterStops, i)))
                return end;
            i--;
        }

        return end;
    }

    /// <param name="text">The whole text.</param>
    /// <param name="start">Where the sentence begins.</param>
    /// <param name="stop">The first of a run of stops.</param>
    /// <param name="afterStops">Behind that run.</param>
    /// <param name="space">Behind the quotes and brackets after it: white space.</param>
    private static bool EndsSentence(string text, int start, int stop, int afterStops, int space)
    {
        var startsLower = StartsLower(text, EndOfSpace(text, space));
        var last = text[afterStops - 1];
        if (last is '!' or '?')
            return !startsLower || space == afterStops;     // "Stop!" he said. — but: really? yes.
        if (startsLower)
            return text[space..EndOfSpace(text, space)].AsSpan().ContainsAny(LineBreaks);
        return afterStops - stop > 1 || last != '.' || !StopBelongsToWord(text, start, stop);
    }

    private static bool StartsLower(string text, int next)
    {
        while (next < text.Length && Opening.Contains(text[next]))
            next++;
        return next < text.Length && char.GetUnicodeCategory(text, next) == UnicodeCategory.LowercaseLetter;
    }

    private static bool StopBelongsToWord(string text, int start, int stop)
    {
        var first = stop;
        while (first > start && stop - first <= LongestAbbreviation && (char.IsLetterOrDigit(text[first - 1]) || text[first - 1] == '.'))
            first--;

        var word = text.AsSpan(first, stop - first);
        if (word.Length is 1 or 2 && !word.ContainsAnyExceptInRange('0', '9'))
            return true;
        if (word.Length == 1 && (char.IsUpper(word[0]) || char.IsLower(word[0])) && word[0] != 'I')
            return true;                                    // an initial or "z. B."; "I" is more often the pronoun
        return IsDottedLetters(word) || Abbreviations.Contains(word);
    }

    // "z.B", "e.g", "U.S", "i.d.R": single letters with a stop after each.
    private static bool IsDottedLetters(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsLetter(word[i]) : word[i] != '.')
                return false;
        }

        return word.Length >= 3;
    }
}
