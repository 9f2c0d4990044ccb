using Microsoft.ML.Tokenizers;

namespace RnnServe.Inference.Text;

/// <summary>A step that rewrites each piece of a text and then cuts it.</summary>
/// <param name="First">Rewrites the piece that the text begins with; null leaves it.</param>
/// <param name="Other">Rewrites every other piece; null leaves it.</param>
/// <param name="Cutter">null leaves pieces whole.</param>
internal sealed record PieceStep(Normalizer? First, Normalizer? Other, Cutter? Cutter);

/// <summary>What happens to a text before the model cuts its words into tokens, and to tokens to become text again.</summary>
/// <param name="Normalizers">Applied to the text, in this order.</param>
/// <param name="Steps">Make words of the text, in this order.</param>
/// <param name="Decoders">Applied to the tokens, in this order; null joins the tokens with spaces.</param>
internal sealed record TextPipeline(
    IReadOnlyList<Normalizer> Normalizers, IReadOnlyList<PieceStep> Steps, IReadOnlyList<Func<List<string>, List<string>>>? Decoders)
{
    private const int Usual = 16;                   // words of a sentence

    public string Normalize(string text)
    {
        foreach (var normalizer in Normalizers)
            text = normalizer.Normalize(text);
        return text;
    }

    /// <summary>The words of a text that is normalized, or of a part of it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="first">Whether it is, or begins, the whole text.</param>
    public List<ReadOnlyMemory<char>> SplitWords(string text, bool first = true)
    {
        var (pieces, cut) = (new List<ReadOnlyMemory<char>>(Usual), new List<ReadOnlyMemory<char>>(Usual));
        var parts = new List<(int Offset, int Length)>(Usual);
        if (text.Length > 0)
            pieces.Add(text.AsMemory());
        foreach (var step in Steps)
        {
            for (var i = 0; i < pieces.Count; i++)
            {
                var begins = first && i == 0;
                var normalizer = begins ? step.First : step.Other;
                var piece = normalizer is null ? pieces[i] : normalizer.Normalize(pieces[i].ToString()).AsMemory();
                if (step.Cutter is null)
                {
                    cut.Add(piece);
                    continue;
                }

                parts.Clear();
                step.Cutter.Cut(piece.Span, parts);
                foreach (var (offset, length) in parts)
                    cut.Add(length == piece.Length ? piece : piece.Slice(offset, length));
                first = first && !(begins && (parts.Count == 0 || parts[0].Offset > 0));
            }

            (pieces, cut) = (cut, pieces);
            cut.Clear();
        }

        return pieces;
    }

    /// <summary>How often each word occurs in some texts, in the order of first occurrence, so that nothing depends on hash
    /// codes.</summary>
    public OrderedDictionary<string, int> CountWords(IEnumerable<string> texts)
    {
        var counts = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            foreach (var word in SplitWords(Normalize(text)))
            {
                var key = word.ToString();
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }

        return counts;
    }

    public string Join(List<string> tokens)
    {
        if (Decoders is null)
            return string.Join(' ', tokens);

        foreach (var decode in Decoders)
            tokens = decode(tokens);
        return string.Concat(tokens);
    }
}
