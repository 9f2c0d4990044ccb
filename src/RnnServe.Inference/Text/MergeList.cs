namespace RnnServe.Inference.Text;

/// <summary>The symbols of one word while neighbours are merged, lowest rank first and leftmost among equals, in O(n log n).</summary>
internal sealed class MergeList(int capacity)
{
    /// <summary>Stands for a character without a token; it merges with nothing.</summary>
    public const int NoToken = -1;

    private const int Merged = -2;

    private readonly int[] symbols = new int[capacity];
    private readonly int[] previous = new int[capacity];
    private readonly int[] next = new int[capacity];
    private readonly PriorityQueue<(int Position, int Left, int Right, int Product), long> queue = new();
    private int count;

    public void Add(int symbol)
    {
        symbols[count] = symbol;
        previous[count] = count - 1;
        next[count] = count + 1;
        count++;
    }

    public void Merge(Dictionary<(int Left, int Right), (int Rank, int Product)> merges)
    {
        for (var i = 0; i + 1 < count; i++)
            Offer(i, merges);

        while (queue.TryDequeue(out var pair, out _))
        {
            var next = this.next[pair.Position];
            // The pair may have gone since it was queued.
            if (next >= count || symbols[pair.Position] != pair.Left || symbols[next] != pair.Right)
                continue;

            symbols[pair.Position] = pair.Product;
            symbols[next] = Merged;
            this.next[pair.Position] = this.next[next];
            if (this.next[next] < count)
                previous[this.next[next]] = pair.Position;

            if (previous[pair.Position] >= 0)
                Offer(previous[pair.Position], merges);
            Offer(pair.Position, merges);
        }
    }

    /// <summary>What is left, with the position of each symbol's first character.</summary>
    public IEnumerable<(int Position, int Symbol)> Remaining()
    {
        for (var i = 0; i < count; i = next[i])
            yield return (i, symbols[i]);
    }

    private void Offer(int position, Dictionary<(int Left, int Right), (int Rank, int Product)> merges)
    {
        var next = this.next[position];
        if (next < count && merges.TryGetValue((symbols[position], symbols[next]), out var merge))
            queue.Enqueue((position, symbols[position], symbols[next], merge.Product), ((long)merge.Rank << 32) | (uint)position);
    }
}
