using RnnServe.Inference.Text;

namespace RnnServe.Inference.Tasks;

/// <summary>A text cut into what is translated and what is kept as it is.</summary>
/// <param name="Parts">In order; the texts and translations of all parts together are the answer.</param>
internal sealed record SourceText(IReadOnlyList<SourcePart> Parts)
{
    private const char WordStart = '\u2581';

    /// <summary>The parts that are translated.</summary>
    public IEnumerable<int[]> Sentences => Parts.Where(part => part.Tokens is not null).Select(part => part.Tokens!);

    /// <summary>Cuts a text into sentences and the white space between them, and tokenises the sentences.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="tokenizer">The source tokenizer.</param>
    /// <param name="endId">Put behind every sentence.</param>
    /// <param name="limit">Most tokens of one sentence, the end token included. A longer one is translated in pieces, cut before a word
    /// where there is one.</param>
    public static SourceText Of(string text, Tokenizer tokenizer, int endId, int limit)
    {
        var parts = new List<SourcePart>();
        foreach (var piece in SentenceSplitter.Split(text))
        {
            int[] tokens = piece.IsSentence ? tokenizer.Encode(piece.Text) : [];
            if (tokens.Length == 0)
                parts.Add(new SourcePart(piece.Text, null));
            else
                AddPieces(parts, tokens, tokenizer, endId, limit - 1);
        }

        return new SourceText(parts);
    }

    private static void AddPieces(List<SourcePart> parts, ReadOnlySpan<int> tokens, Tokenizer tokenizer, int endId, int limit)
    {
        bool first = true;
        while (tokens.Length > 0)
        {
            int length = Math.Min(tokens.Length, limit);
            if (length < tokens.Length)
                length = WordBoundary(tokens, length, tokenizer);
            if (!first)
                parts.Add(new SourcePart(" ", null));
            parts.Add(new SourcePart("", [.. tokens[..length], endId]));
            tokens = tokens[length..];
            first = false;
        }
    }

    /// <summary>The last place up to the limit where a word starts; the limit itself where one word fills it all.</summary>
    private static int WordBoundary(ReadOnlySpan<int> tokens, int limit, Tokenizer tokenizer)
    {
        for (int place = limit; place > 0; place--)
        {
            if (tokenizer.TokenText(tokens[place]).StartsWith(WordStart))
                return place;
        }

        return limit;
    }
}

/// <summary>A part of a text.</summary>
/// <param name="Text">What is kept as it is; empty for a sentence.</param>
/// <param name="Tokens">A sentence's source tokens, the end token included; null where nothing is translated.</param>
internal sealed record SourcePart(string Text, int[]? Tokens);
