namespace RnnServe.Inference.Text;

/// <summary>Words to ids by the most probable sequence of tokens (Kudo 2018, arXiv 1804.10959).</summary>
/// <remarks>
/// Not SentencePieceTokenizer's: it adds up 32-bit scores where Hugging Face's library adds up 64-bit ones, so that sequences of nearly
/// the same score come out the other way round.
/// </remarks>
internal sealed class UnigramModel : IWordModel
{
    private const double UnknownPenalty = 10;

    private readonly Vocabulary vocabulary;
    private readonly IReadOnlyList<double> scores;
    private readonly Dictionary<(int Node, char Next), int> trie = [];
    private readonly List<int?> tokens = [null];                                // id of the token that ends at each node of the trie
    private readonly double unknownScore;
    private readonly ByteTokens? bytes;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="scores">Logarithm of each token's probability.</param>
    /// <param name="byteFallback">What has no token becomes the tokens of its UTF-8 bytes, where all of these exist.</param>
    public UnigramModel(Vocabulary vocabulary, IReadOnlyList<double> scores, bool byteFallback)
    {
        (this.vocabulary, this.scores) = (vocabulary, scores);
        foreach (var (token, id) in vocabulary.Ids.Where(entry => !vocabulary.Reserved.Contains(entry.Value) && entry.Key.Length > 0))
            tokens[token.Aggregate(0, Grow)] = id;
        unknownScore = scores.DefaultIfEmpty().Min() - UnknownPenalty;
        bytes = byteFallback ? new ByteTokens(vocabulary.Ids) : null;
    }

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        var best = FindBest(word);
        var path = new List<(int Start, int End, int? Id)>();
        for (var end = word.Length; end > 0; end = best[end].Start)
            path.Add((best[end].Start, end, best[end].Id));

        for (var i = path.Count - 1; i >= 0; i--)
        {
            var (start, end, id) = path[i];
            while (id is null && i > 0 && path[i - 1].Id is null)       // neighbours without a token are one
                end = path[--i].End;
            if (id is { } known)
                ids.Add(known);
            else if (!AppendBytes(word[start..end], ids) && vocabulary.Unknown is { } unknown)
                ids.Add(unknown);
        }
    }

    // Of each position the best token that ends there; an id of null is a character without a token.
    private (double Score, int Start, int? Id)[] FindBest(ReadOnlySpan<char> word)
    {
        var best = new (double Score, int Start, int? Id)[word.Length + 1];
        best.AsSpan(1).Fill((double.NegativeInfinity, 0, null));
        int character;
        for (var start = 0; start < word.Length; start += character)
        {
            character = char.IsHighSurrogate(word[start]) ? 2 : 1;
            var known = false;
            for (int end = start, node = 0; end < word.Length && trie.TryGetValue((node, word[end]), out node); end++)
            {
                if (tokens[node] is not { } id)
                    continue;
                Offer(best, start, end + 1 - start, scores[id], id);
                known |= end + 1 - start == character;
            }

            if (!known)
                Offer(best, start, character, unknownScore, null);
        }

        return best;
    }

    private int Grow(int node, char next)
    {
        if (trie.TryAdd((node, next), tokens.Count))
            tokens.Add(null);
        return trie[(node, next)];
    }

    private static void Offer((double Score, int Start, int? Id)[] best, int start, int length, double score, int? id)
    {
        if (score + best[start].Score > best[start + length].Score)
            best[start + length] = (score + best[start].Score, start, id);
    }

    private bool AppendBytes(ReadOnlySpan<char> text, List<int> ids)
    {
        if (bytes?.Spell(text) is not { } utf8)
            return false;
        foreach (var value in utf8)
            ids.Add(bytes.Id(value));
        return true;
    }
}
