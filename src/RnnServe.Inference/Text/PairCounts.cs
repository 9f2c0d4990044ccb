using System.Runtime.InteropServices;

namespace RnnServe.Inference.Text;

/// <summary>How often each pair of tokens stands side by side in the words of a corpus, kept up to date while pairs are merged.</summary>
internal sealed class PairCounts
{
    /// <summary>Stands for a character without a token; it is in no pair.</summary>
    public const int NoToken = -1;

    private readonly List<(List<int> Symbols, int Count)> words;
    private readonly Dictionary<(int Left, int Right), long> counts = [];

    // Words that hold a pair, or held it once.
    private readonly Dictionary<(int Left, int Right), HashSet<int>> where = [];

    // Holds every pair at a count no lower than its own: counts that have fallen are put right when they come up.
    private readonly PriorityQueue<((int Left, int Right) Pair, long Count), (long, int, int)> queue = new();

    public PairCounts(IEnumerable<(List<int> Symbols, int Count)> words)
    {
        this.words = [.. words];
        for (var word = 0; word < this.words.Count; word++)
            Add(word, sign: 1);

        foreach (var (pair, count) in counts)
            Enqueue(pair, count);
    }

    /// <summary>The most frequent pair; of equals, the smallest left and then right id. Null if none occurs often enough.</summary>
    public (int Left, int Right)? TakeMostFrequent(int minimumCount)
    {
        while (queue.TryDequeue(out var entry, out _))
        {
            var count = counts.GetValueOrDefault(entry.Pair);
            if (count == entry.Count && count >= minimumCount)
                return entry.Pair;
            if (count < entry.Count && count >= minimumCount)
                Enqueue(entry.Pair, count);
        }

        return null;
    }

    /// <summary>Replaces the pair with its product wherever it stands, from left to right.</summary>
    public void Merge((int Left, int Right) pair, int product)
    {
        var touched = new HashSet<(int Left, int Right)>();
        where.Remove(pair, out var words);
        foreach (var word in words!)
        {
            Add(word, sign: -1);
            Replace(this.words[word].Symbols, pair, product);
            Add(word, sign: 1);
            CollectPairs(this.words[word].Symbols, product, touched);
        }

        // Only pairs with the product can have become more frequent.
        foreach (var grown in touched)
            Enqueue(grown, counts[grown]);
    }

    private static void Replace(List<int> symbols, (int Left, int Right) pair, int product)
    {
        var kept = 0;
        for (var i = 0; i < symbols.Count; i++)
        {
            var found = i + 1 < symbols.Count && symbols[i] == pair.Left && symbols[i + 1] == pair.Right;
            symbols[kept++] = found ? product : symbols[i];
            i += found ? 1 : 0;
        }

        symbols.RemoveRange(kept, symbols.Count - kept);
    }

    private static void CollectPairs(List<int> symbols, int product, HashSet<(int Left, int Right)> pairs)
    {
        for (var i = 0; i + 1 < symbols.Count; i++)
        {
            if ((symbols[i] == product || symbols[i + 1] == product) && IsPair(symbols, i))
                pairs.Add((symbols[i], symbols[i + 1]));
        }
    }

    private static bool IsPair(List<int> symbols, int position) =>
        symbols[position] != NoToken && symbols[position + 1] != NoToken;

    private void Add(int word, int sign)
    {
        var (symbols, count) = words[word];
        for (var i = 0; i + 1 < symbols.Count; i++)
        {
            if (!IsPair(symbols, i))
                continue;

            var pair = (symbols[i], symbols[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, pair, out _) += sign * (long)count;
            if (sign < 0)
                continue;

            ref var where = ref CollectionsMarshal.GetValueRefOrAddDefault(this.where, pair, out _);
            (where ??= []).Add(word);
        }
    }

    private void Enqueue((int Left, int Right) pair, long count) =>
        queue.Enqueue((pair, count), (-count, pair.Left, pair.Right));
}
