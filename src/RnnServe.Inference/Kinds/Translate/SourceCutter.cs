using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>Cuts texts into sentences and what is between them, and tokenises the sentences.</summary>
/// <param name="tokenizer">The source tokenizer.</param>
/// <param name="language">The source language, a BCP 47 code.</param>
/// <param name="endId">Put behind every sentence.</param>
/// <param name="limit">Most tokens of one sentence, the end token included. A longer one is translated in pieces, cut before a word where
/// there is one.</param>
/// <param name="placeholders">How many the model knows.</param>
internal sealed class SourceCutter(Tokenizer tokenizer, string language, int endId, int limit, int placeholders)
{
    private readonly SentenceSplitter splitter = new(language);
    private readonly PlainText plainText = new(tokenizer, language);
    private readonly Lazy<byte[][]> bytes = new(() => TokenBytes.Of(tokenizer));

    /// <summary>The parts of a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="names">Whether to look up what the text has for each token.</param>
    public SourceText Cut(string text, bool names)
    {
        var parts = new List<SourcePart>();
        foreach (var piece in placeholders > 0 ? splitter.Split(text, CopiedSpans.Find(text)) : splitter.Split(text))
        {
            if (piece.IsSentence && PlainText.HasLetter(piece.Text))
                AddSentence(parts, piece.Text, names);
            else
                parts.Add(new SourcePart(piece.Text, null));
        }

        return new SourceText(parts);
    }

    private void AddSentence(List<SourcePart> parts, string sentence, bool names)
    {
        var copied = placeholders > 0 ? PlaceholderText.Protect(sentence, placeholders) : null;
        string read = copied?.Text ?? sentence;
        string plain = plainText.Of(read, out var origins);
        int[] tokens = copied is { HasLetter: false } ? [] : tokenizer.Encode(plain);
        if (tokens.Length == 0)
            parts.Add(new SourcePart(sentence, null));
        else
            AddPieces(parts, tokens, names && origins is not null ? TokenNames.Of(tokens, tokenizer, plain, read, origins) : null, copied);
    }

    private void AddPieces(List<SourcePart> parts, ReadOnlySpan<int> tokens, ReadOnlySpan<string> names, PlaceholderText? copied)
    {
        bool first = true;
        while (tokens.Length > 0)
        {
            int length = Math.Min(tokens.Length, limit - 1);
            if (length < tokens.Length)
                length = WordBoundary(tokens, length);
            if (!first)
                parts.Add(new SourcePart(" ", null));
            int[] piece = [.. tokens[..length], endId];
            parts.Add(new SourcePart("", piece)
            {
                Names = names.IsEmpty ? null : [.. names[..length], Answers.Shown(tokenizer, endId)],
                Copied = copied?.Part(string.Concat(piece.Select(tokenizer.TokenText))),
            });
            tokens = tokens[length..];
            names = names.IsEmpty ? names : names[length..];
            first = false;
        }
    }

    /// <summary>The last place up to the limit where a word starts; where one word fills it all, the last where a character does.</summary>
    private int WordBoundary(ReadOnlySpan<int> tokens, int limit)
    {
        for (int place = limit; place > 0; place--)
        {
            if (bytes.Value[tokens[place]] is [(byte)' ', ..] || bytes.Value[tokens[place - 1]] is [not (byte)' ', .., (byte)' '])
                return place;
        }

        int character = limit;
        while (character > 1 && bytes.Value[tokens[character]] is [>= 0x80 and < 0xC0, ..])
            character--;
        return character;
    }
}
