using System.Text;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Search;

/// <summary>How the tokens of a vocabulary begin, go on and end words, which are runs of letters.</summary>
internal sealed class VocabularyWords
{
    private readonly byte[][] ends;
    private readonly bool[] joins;

    /// <param name="tokens">What each token adds to a text, as UTF-8.</param>
    public VocabularyWords(byte[][] tokens)
    {
        (ends, joins) = (new byte[tokens.Length][], new bool[tokens.Length]);
        for (int id = 0; id < tokens.Length; id++)
            Add(id, tokens[id]);
    }

    /// <summary>The letters that a token begins with, if something else follows them in it.</summary>
    public List<(string Word, int Id)> Ending { get; } = [];

    /// <summary>The letters of a token that has nothing else.</summary>
    public List<(string Word, int Id)> Joining { get; } = [];

    /// <summary>Words that a token has from beginning to end.</summary>
    public List<(string Word, int Id)> Whole { get; } = [];

    /// <summary>The letters that a token ends with, if something else precedes them in it.</summary>
    public List<(string Word, int Id)> Unfinished { get; } = [];

    /// <summary>Characters that <see cref="LastWord"/> needs to know a word of some length from longer ones.</summary>
    public static int Room(int longest) => (3 * longest) + 8;

    /// <summary>The letters that a hypothesis ends with; of a word that is longer than the room allows, its end.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="room">Gets them; see <see cref="Room"/>.</param>
    public ReadOnlySpan<char> LastWord(ReadOnlySpan<int> tokens, Span<char> room)
    {
        Span<byte> bytes = stackalloc byte[room.Length];
        int begin = bytes.Length;
        for (int i = tokens.Length - 1; i >= 0 && begin > 0; i--)
        {
            var end = ends[tokens[i]].AsSpan();
            end = end[Math.Max(end.Length - begin, 0)..];
            begin -= end.Length;
            end.CopyTo(bytes[begin..]);
            if (!joins[tokens[i]])
                break;
        }

        var text = room[..Encoding.UTF8.GetChars(bytes[begin..], room)];
        return text[EndOfOther(text)..];
    }

    private void Add(int id, byte[] token)
    {
        string text = Encoding.UTF8.GetString(token);
        int head = EndOfLetters(text), tail = EndOfOther(text);
        bool hasPart = text.Contains('\uFFFD', StringComparison.Ordinal);     // of a character, which other tokens make a whole
        joins[id] = hasPart || head == text.Length;
        ends[id] = joins[id] ? token : Encoding.UTF8.GetBytes(text[tail..]);
        if (text.Length == 0)
            return;
        if (head == text.Length)
        {
            Joining.Add((text, id));
            return;
        }

        Ending.Add((text[..head], id));
        AddWhole(id, text[head..tail]);
        Unfinished.Add((text[tail..], id));
    }

    private void AddWhole(int id, string text)
    {
        for (int place = 0; place < text.Length;)
        {
            int end = place + EndOfLetters(text.AsSpan(place));
            if (end > place)
                Whole.Add((text[place..end], id));
            place = end + 1;
        }
    }

    /// <summary>Where the letters at the beginning end.</summary>
    private static int EndOfLetters(ReadOnlySpan<char> text)
    {
        int end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!WordsAttribute.IsLetter(rune))
                return end;
            end += rune.Utf16SequenceLength;
        }

        return end;
    }

    /// <summary>Where the letters at the end begin.</summary>
    private static int EndOfOther(ReadOnlySpan<char> text)
    {
        int begin = text.Length;
        while (Rune.DecodeLastFromUtf16(text[..begin], out var rune, out int length) == System.Buffers.OperationStatus.Done
            && WordsAttribute.IsLetter(rune))
            begin -= length;
        return begin;
    }
}
