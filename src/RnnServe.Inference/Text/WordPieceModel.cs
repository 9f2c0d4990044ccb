using System.Text;
using Microsoft.ML.Tokenizers;

namespace RnnServe.Inference.Text;

/// <summary>Words to ids by the longest pieces that the vocabulary has, from left to right; whole words are the case of one
/// piece.</summary>
/// <remarks>
/// WordPieceTokenizer reads a token a line, so that tokens with line breaks need other names; so do reserved ones, which it would find
/// in text. <see cref="Mark"/> begins such names, and is itself written twice.
/// </remarks>
internal sealed class WordPieceModel : IWordModel
{
    private const string Mark = "\uF8FF";

    private readonly WordPieceTokenizer tokenizer;
    private readonly int longestWord;
    private readonly int? dropped;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="prefix">Written before pieces that do not begin a word; null where only whole words are tokens.</param>
    /// <param name="longestWord">Longer words are unknown; in characters.</param>
    public WordPieceModel(Vocabulary vocabulary, string? prefix, int longestWord)
    {
        this.longestWord = longestWord;
        List<string> names =
            [.. vocabulary.Tokens.Select((token, id) => vocabulary.Reserved.Contains(id) ? $"{Mark}id{id}" : Escape(token))];
        if (vocabulary.Unknown is null)
        {
            dropped = names.Count;
            names.Add($"{Mark}dropped");
        }

        using var lines = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', names)));
        tokenizer = WordPieceTokenizer.Create(lines, new WordPieceOptions
        {
            UnknownToken = names[vocabulary.Unknown ?? dropped!.Value],
            ContinuingSubwordPrefix = prefix is null ? $"{Mark}whole" : Escape(prefix),
            MaxInputCharsPerWord = Escape(Mark).Length * 2 * longestWord,
        });
    }

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        // Counted here because the package counts a character outside the basic plane twice.
        var name = IsLong(word) ? Mark : Escape(word.ToString());
        var found = tokenizer.EncodeToIds(name, considerPreTokenization: false, considerNormalization: false);
        if (found[0] != dropped)
            ids.AddRange(found);
    }

    private bool IsLong(ReadOnlySpan<char> word)
    {
        var left = longestWord;
        foreach (var _ in word.EnumerateRunes())
        {
            if (--left < 0)
                return true;
        }

        return false;
    }

    private static string Escape(string text) => text.Replace(Mark, Mark + Mark, StringComparison.Ordinal)
        .Replace("\n", Mark + "n", StringComparison.Ordinal).Replace("\r", Mark + "r", StringComparison.Ordinal);
}
