using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>What each token of a vocabulary adds to a text, as UTF-8, because a token may be a part of a character.</summary>
internal static class TokenBytes
{
    /// <summary>The bytes of each token; none for those that a text does not show.</summary>
    public static byte[][] Of(Tokenizer tokenizer)
    {
        int anchor = Anchor(tokenizer);
        int before = tokenizer.Decode([anchor]).Length, after = tokenizer.Decode([anchor, anchor]).Length - before;
        return [.. Ids(tokenizer).Select(id => Bytes(tokenizer, id, tokenizer.Decode([anchor, id, anchor])[before..^after]))];
    }

    /// <summary>What each token adds where it is the first of a text, which begins with no blank of a tokenizer's own.</summary>
    public static byte[][] OfFirst(Tokenizer tokenizer)
    {
        int anchor = Anchor(tokenizer);
        int after = tokenizer.Decode([anchor, anchor]).Length - tokenizer.Decode([anchor]).Length;
        return [.. Ids(tokenizer).Select(id => Bytes(tokenizer, id, tokenizer.Decode([id, anchor])[..^after]))];
    }

    /// <summary>A token to stand before and after others, as blanks depend on neighbours: one that goes on a word, so that the blanks are
    /// the other's own, or any word where there is none such.</summary>
    private static int Anchor(Tokenizer tokenizer)
    {
        var words = Ids(tokenizer).Where(id => tokenizer.Decode([id]).Length > 0).ToList();
        int goesOn = words.FindIndex(id => tokenizer.Decode([id, id])[tokenizer.Decode([id]).Length..].All(char.IsAsciiLetter));
        return words[Math.Max(goesOn, 0)];
    }

    private static IEnumerable<int> Ids(Tokenizer tokenizer) => Enumerable.Range(0, tokenizer.VocabularySize);

    private static byte[] Bytes(Tokenizer tokenizer, int id, string added)
    {
        string token = tokenizer.TokenText(id);
        if (!added.Contains('\uFFFD', StringComparison.Ordinal) || token.Contains('\uFFFD', StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(added);
        return ByteTokens.TryParse(token, out byte value) ? [value] : ByteLevel.BytesOf(token);
    }
}
