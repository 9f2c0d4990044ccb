using System.Text;
using Microsoft.ML.Tokenizers;

namespace RnnServe.Inference.Text;

/// <summary>What becomes of a match when a text is cut: a part of its own or of a neighbour, or nothing.</summary>
internal enum MatchedPart
{
    Removed,
    Isolated,
    Contiguous,
    MergedWithPrevious,
    MergedWithNext,
}

/// <summary>Cuts a text into parts.</summary>
internal abstract class Cutter : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        var parts = new List<(int Offset, int Length)>();
        Cut(text, parts);
        return parts;
    }

    /// <summary>Appends the parts of a text; none is empty.</summary>
    public abstract void Cut(ReadOnlySpan<char> text, List<(int Offset, int Length)> parts);
}

/// <summary>Begins a part at each of the characters that stand for spaces.</summary>
internal sealed class MetaspaceCutter(char replacement) : Cutter
{
    public override void Cut(ReadOnlySpan<char> text, List<(int Offset, int Length)> parts)
    {
        for (var start = 0; start < text.Length;)
        {
            var next = text[(start + 1)..].IndexOf(replacement);
            var length = next < 0 ? text.Length - start : next + 1;
            parts.Add((start, length));
            start += length;
        }
    }
}

/// <summary>Cuts where something matches.</summary>
/// <param name="matched">What becomes of the matches.</param>
/// <param name="invert">Takes what lies between the matches for the matches.</param>
internal abstract class MatchCutter(MatchedPart matched, bool invert = false) : Cutter
{
    public override void Cut(ReadOnlySpan<char> text, List<(int Offset, int Length)> parts)
    {
        var (start, end, before) = (0, 0, false);
        var (match, length) = Find(text, 0);
        if (length == 0 && !invert && text.Length > 0)
        {
            parts.Add((0, text.Length));                // the usual case, and so a fast one
            return;
        }

        for (var position = 0; position < text.Length; (match, length) = Find(text, position))
        {
            if (match > position)
                Append(position, match, invert);
            if (length > 0)
                Append(match, match + length, !invert);
            position = match + length;
        }

        Flush();

        void Append(int from, int to, bool isMatch)
        {
            var joined = end > start && matched switch
            {
                MatchedPart.Contiguous => isMatch && before,
                MatchedPart.MergedWithPrevious => isMatch && !before,
                MatchedPart.MergedWithNext => !isMatch && before,
                _ => false,
            };
            if (!joined)
            {
                Flush();
                start = from;
            }

            end = isMatch && matched == MatchedPart.Removed ? start : to;
            before = isMatch;
        }

        void Flush()
        {
            if (end > start)
                parts.Add((start, end - start));
        }
    }

    /// <summary>The next match from a position on; one of length 0 at the end of the text when there is none.</summary>
    protected abstract (int Start, int Length) Find(ReadOnlySpan<char> text, int from);
}

/// <summary>Cuts at characters of a kind.</summary>
internal sealed class KindCutter(Func<Rune, bool> kind, MatchedPart matched) : MatchCutter(matched)
{
    // Looked up once for most of the characters that texts have.
    private readonly bool[] common = [.. Enumerable.Range(0, 0x3000).Select(point => kind(new Rune(point)))];

    protected override (int Start, int Length) Find(ReadOnlySpan<char> text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] < common.Length)
            {
                if (common[text[i]])
                    return (i, 1);
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out var rune, out var length);
            if (kind(rune))
                return (i, length);
            i += length - 1;
        }

        return (text.Length, 0);
    }
}

/// <summary>Cuts at what a regular expression matches.</summary>
internal sealed class PatternCutter(TextPattern pattern, MatchedPart matched, bool invert) : MatchCutter(matched, invert)
{
    // The parts are found in a text that has one unit per character, and put back.
    public override void Cut(ReadOnlySpan<char> text, List<(int Offset, int Length)> parts)
    {
        if (TextPattern.Flatten(text) is not { } flat)
        {
            base.Cut(text, parts);
            return;
        }

        var first = parts.Count;
        base.Cut(flat.Text, parts);
        for (var i = first; i < parts.Count; i++)
        {
            var start = flat.Offsets[parts[i].Offset];
            parts[i] = (start, flat.Offsets[parts[i].Offset + parts[i].Length] - start);
        }
    }

    protected override (int Start, int Length) Find(ReadOnlySpan<char> text, int from) => pattern.Find(text, from);
}
