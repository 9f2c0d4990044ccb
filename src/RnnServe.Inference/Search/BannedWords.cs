using System.Text;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Text;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Inference.Search;

/// <summary>Words that a model never produces, whatever their case, by the tokens that would complete them.</summary>
/// <remarks>
/// A word is a run of letters. What ends one is all that is no letter, the end token, and the part of a character, because what it becomes
/// is not known. So a word is not banned while it can go on: "under" may come where "und" may not. Thread-safe.
/// </remarks>
internal sealed class BannedWords
{
    private readonly HashSet<string> banned;
    private readonly Ban[] bans;
    private readonly VocabularyWords vocabulary;
    private readonly int[] whole;
    private readonly int[] unfinished;
    private readonly int longest;

    /// <param name="words">At least one; each of letters.</param>
    /// <param name="tokenizer">Of the output.</param>
    /// <param name="endId">The token that ends an output.</param>
    public BannedWords(IReadOnlyList<string> words, Tokenizer tokenizer, int endId)
    {
        banned = words.Select(CanonicalComposition.Normalize).ToHashSet(StringComparer.OrdinalIgnoreCase);
        longest = banned.Max(word => word.Length);
        vocabulary = new VocabularyWords(TokenBytes.Of(tokenizer));
        var ending = Group(vocabulary.Ending.Append(("", endId)));
        var joining = Group(vocabulary.Joining);
        bans = [.. banned.Select(word => new Ban(word, Rests(word, ending), Rests(word, joining)))];
        whole = [.. vocabulary.Whole.Where(token => banned.Contains(token.Word)).Select(token => token.Id).Distinct()];
        unfinished = [.. vocabulary.Unfinished.Where(token => banned.Contains(token.Word)).Select(token => token.Id)];
    }

    /// <summary>Forbids the tokens that would complete a banned word.</summary>
    /// <param name="soFar">The tokens of the hypothesis.</param>
    /// <param name="logits">Of its next token, shape [V].</param>
    /// <param name="last">Whether no token comes after the next one, which then completes a word that could have gone on.</param>
    public void Restrict(ReadOnlySpan<int> soFar, Span<float> logits, bool last)
    {
        Forbid(logits, whole);
        if (last)
            Forbid(logits, unfinished);
        Span<char> room = stackalloc char[VocabularyWords.Room(longest)];
        var word = vocabulary.LastWord(soFar, room);
        foreach (var ban in bans)
        {
            if (!ban.Word.AsSpan().StartsWith(word, StringComparison.OrdinalIgnoreCase))
                continue;
            Forbid(logits, ban.Ending[word.Length]);
            if (last)
                Forbid(logits, ban.Joining[word.Length]);
        }
    }

    /// <summary>The first such word of a text; null where there is none.</summary>
    public string? FirstIn(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in CanonicalComposition.Normalize(text).EnumerateRunes().Append(new Rune(' ')))
        {
            if (WordsAttribute.IsLetter(rune))
                word.Append(rune.ToString());
            else if (banned.TryGetValue(word.ToString(), out string? found))
                return found;
            else
                word.Clear();
        }

        return null;
    }

    private static void Forbid(Span<float> logits, int[] tokens)
    {
        foreach (int token in tokens)
            logits[token] = float.NegativeInfinity;
    }

    private static Dictionary<string, int[]> Group(IEnumerable<(string Word, int Id)> tokens) => tokens
        .GroupBy(token => token.Word, token => token.Id, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

    private static int[][] Rests(string word, Dictionary<string, int[]> tokens) =>
        [.. Enumerable.Range(0, word.Length + 1).Select(length => tokens.GetValueOrDefault(word[length..], []))];

    /// <param name="Word">A banned word.</param>
    /// <param name="Ending">For each length of its beginning, the tokens that complete it and go on with something else.</param>
    /// <param name="Joining">For each length of its beginning, the tokens that complete it and may be followed by further letters.</param>
    private sealed record Ban(string Word, int[][] Ending, int[][] Joining);
}

/// <summary>Words that no output of a model has.</summary>
/// <param name="words">Which.</param>
/// <param name="maxLength">Most tokens of the output: the last one is followed by none.</param>
internal sealed class NeverProduced(BannedWords words, int maxLength) : IConstraint
{
    public void Restrict(ReadOnlySpan<int> soFar, Span<float> logits) => words.Restrict(soFar, logits, last: soFar.Length == maxLength - 1);
}
