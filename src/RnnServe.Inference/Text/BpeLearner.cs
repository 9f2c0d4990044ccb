using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>Learns a tokenizer from text by byte-pair encoding: the most frequent pair of neighbouring tokens becomes a token.</summary>
/// <remarks>
/// The result depends on nothing but the texts and the options: among pairs of equal count the one with the smaller left id is
/// first, then the one with the smaller right id. Characters get their ids in the order of their code points. Special tokens are
/// "&lt;pad&gt;" 0, "&lt;unk&gt;" 1, "&lt;s&gt;" 2 and "&lt;/s&gt;" 3; the 256 byte tokens follow.
/// </remarks>
public static class BpeLearner
{
    /// <summary>Learns from texts of any length, such as the sentences of both languages of a corpus.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary cannot hold the special, byte and character tokens.</exception>
    public static Tokenizer Learn(IEnumerable<string> texts, TokenizerTraining options)
    {
        var words = TokenizerWriter.ReadPipeline().CountWords(texts);
        List<string> tokens = [.. TokenizerWriter.SpecialTokens, .. Enumerable.Range(0, 256).Select(value => ByteTokens.Name((byte)value))];
        var firstCharacter = tokens.Count;
        tokens.AddRange(ChooseCharacters(words, options).Select(rune => rune.ToString()));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.VocabularySize, tokens.Count);

        var characters = new Dictionary<Rune, int>();
        for (var id = firstCharacter; id < tokens.Count; id++)
            characters[Rune.GetRuneAt(tokens[id], 0)] = id;

        var pairs = new PairCounts(words.Select(word => (Symbols(word.Key, characters), word.Value)));
        var merges = LearnMerges(pairs, tokens, options);
        return Tokenizer.Parse(TokenizerWriter.Write(tokens, merges));
    }

    private static List<(string Left, string Right)> LearnMerges(PairCounts pairs, List<string> tokens, TokenizerTraining options)
    {
        // Two ways of merging can spell the same token; it is then in the vocabulary once.
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
            ids[tokens[id]] = id;

        // For the same reason a pair can come up again after all of it was merged.
        var merges = new OrderedDictionary<(int Left, int Right), (string Left, string Right)>();
        while (tokens.Count < options.VocabularySize && pairs.TakeMostFrequent(options.MinimumPairCount) is { } pair)
        {
            var (left, right) = (tokens[pair.Left], tokens[pair.Right]);
            if (!ids.TryGetValue(left + right, out var product))
            {
                product = tokens.Count;
                tokens.Add(left + right);
                ids[left + right] = product;
            }

            merges.TryAdd(pair, (left, right));
            pairs.Merge(pair, product);
        }

        return [.. merges.Values];
    }

    private static IEnumerable<Rune> ChooseCharacters(OrderedDictionary<string, int> words, TokenizerTraining options)
    {
        var counts = new Dictionary<Rune, long>();
        foreach (var (word, count) in words)
        {
            foreach (var rune in word.EnumerateRunes())
                counts[rune] = counts.GetValueOrDefault(rune) + count;
        }

        return counts
            .Where(entry => entry.Value >= options.MinimumCharacterCount)
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key)
            .Take(options.MaximumCharacters)
            .Select(entry => entry.Key)
            .Union(options.Characters.EnumerateRunes())
            .Order();
    }

    private static List<int> Symbols(string word, Dictionary<Rune, int> characters)
    {
        var symbols = new List<int>(word.Length);
        foreach (var rune in word.EnumerateRunes())
            symbols.Add(characters.GetValueOrDefault(rune, PairCounts.NoToken));
        return symbols;
    }
}
