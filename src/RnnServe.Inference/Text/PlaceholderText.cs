using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>A sentence in which placeholders stand for what is copied.</summary>
internal sealed class PlaceholderText
{
    private const string Stops = ".!?…。！？", Closing = "\"')]}”’“‘»«";

    private readonly string?[] spans;

    private PlaceholderText(string text, string?[] spans, bool hasLetter) => (Text, this.spans, HasLetter) = (text, spans, hasLetter);

    /// <summary>What a model reads.</summary>
    public string Text { get; }

    /// <summary>Whether anything beside what is copied has a letter.</summary>
    public bool HasLetter { get; }

    /// <summary>Characters at the beginning of the output that the caller gave: nothing is put among them.</summary>
    public int Given { get; private init; }

    /// <summary>Puts placeholders for the first spans of a sentence; further ones stay as they are.</summary>
    /// <param name="sentence">As it was typed.</param>
    /// <param name="count">Placeholders that the model knows.</param>
    public static PlaceholderText Protect(string sentence, int count)
    {
        string placeholders = Placeholders.Characters(count);
        var (text, spans) = (new StringBuilder(sentence.Length), new string?[count]);
        var (place, next, hasLetter) = (0, 0, false);
        foreach (var (start, length) in CopiedSpans.Find(sentence))
        {
            Append(place, start);
            string span = sentence.Substring(start, length);
            if (next < count)
            {
                text.Append(placeholders[next]);
                spans[next++] = span;
            }
            else if (!placeholders.Contains(span[0], StringComparison.Ordinal))
            {
                // A placeholder that somebody typed would be read as that of another span.
                text.Append(span);
            }

            place = start + length;
        }

        Append(place, sentence.Length);
        return new PlaceholderText(text.ToString(), spans, hasLetter);

        void Append(int from, int to)
        {
            text.Append(sentence, from, to - from);
            hasLetter |= PlainText.HasLetter(sentence[from..to]);
        }
    }

    /// <summary>A part of the text with its placeholders alone.</summary>
    public PlaceholderText Part(string text) =>
        new(text, [.. spans.Select((span, i) => text.Any(c => Placeholders.IndexOf(c) == i) ? span : null)], HasLetter);

    /// <summary>The same, for an output whose beginning is given.</summary>
    /// <param name="characters">Its length.</param>
    public PlaceholderText Giving(int characters) => new(Text, spans, HasLetter) { Given = characters };

    /// <summary>A text with placeholders for what it shares with the sentence, as a model would write it.</summary>
    public string Write(string text)
    {
        var written = new StringBuilder(text.Length);
        int place = 0;
        var used = new bool[spans.Length];
        foreach (var (start, length) in CopiedSpans.Find(text))
        {
            // Of equal ones each in turn: one that is left is put at the end.
            string span = text.Substring(start, length);
            int first = Array.IndexOf(spans, span);
            if (first < 0)
                continue;
            int index = Math.Max(first, Enumerable.Range(0, spans.Length).FirstOrDefault(i => !used[i] && spans[i] == span, -1));
            used[index] = true;
            written.Append(text, place, start - place).Append(Placeholders.Characters(index + 1)[index]);
            place = start + length;
        }

        return written.Append(text, place, text.Length - place).ToString();
    }

    /// <summary>What a token or a word shows to people.</summary>
    public string Show(string word) => word.Any(c => Placeholders.IndexOf(c) is not null)
        ? string.Concat(word.Select(c => Placeholders.IndexOf(c) is { } index ? Span(index) : $"{c}"))
        : word;

    /// <summary>Puts the spans back. A placeholder that the sentence does not have goes; a span whose placeholder got lost is put at the
    /// end, so that nothing is dropped.</summary>
    /// <param name="output">What a model wrote.</param>
    public string Restore(string output)
    {
        string text = PutBack(output);
        string[] lost = [.. Missing(output)];
        return lost.Length == 0 ? text : Add(text, string.Join(' ', lost), Math.Min(Given, text.Length));
    }

    /// <summary>What <see cref="Restore"/> gives first, whatever a model writes behind the beginning.</summary>
    /// <param name="output">The beginning.</param>
    public string RestoreBeginning(string output)
    {
        string text = PutBack(output);
        return Missing(output).Any() ? text.TrimEnd([.. Stops, .. Closing, ' ']) : text;
    }

    private IEnumerable<string> Missing(string output) =>
        spans.Where((span, i) => span is not null && !output.Any(c => Placeholders.IndexOf(c) == i))!;

    /// <summary>Puts the spans back for the placeholders; those that the sentence does not have go.</summary>
    public string PutBack(string output)
    {
        var text = new StringBuilder(output.Length);
        for (int i = 0; i < output.Length; i++)
        {
            if (Placeholders.IndexOf(output[i]) is not { } index)
                text.Append(output[i]);
            else if (Span(index) is { } span)
                text.Append(span);
            else if (text.Length == 0 && output.AsSpan(i + 1).StartsWith(' '))
                i++;                                // the blank after it
            else if (text.Length > 0 && text[^1] == ' ' && EndsWord(output.AsSpan(i + 1)))
                text.Length--;                      // the blank before it
        }

        return text.ToString();
    }

    private static bool EndsWord(ReadOnlySpan<char> rest) => rest.IsEmpty || rest[0] == ' ' || char.IsPunctuation(rest[0]);

    private string? Span(int index) => index < spans.Length ? spans[index] : null;

    /// <summary>Before the marks that end the sentence, if any do.</summary>
    private static string Add(string text, string lost, int given)
    {
        int place = text.Length;
        for (int i = text.Length - 1; i >= given && (Stops.Contains(text[i]) || Closing.Contains(text[i])); i--)
        {
            if (Stops.Contains(text[i]))
                place = i;
        }

        return text.Insert(place, place > 0 ? " " + lost : lost);
    }
}
