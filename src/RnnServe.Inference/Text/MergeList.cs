namespace RnnServe.Inference.Text;

/// <summary>The symbols of one word while neighbours are merged, lowest rank first and leftmost among equals, in O(n log n).</summary>
internal sealed class MergeList(int capacity)
{
    /// <summary>Stands for a character without a token; it merges with nothing.</summary>
    public const int NoToken = -1;

    private const int Merged = -2;

    private readonly int[] _symbols = new int[capacity];
    private readonly int[] _previous = new int[capacity];
    private readonly int[] _next = new int[capacity];
    private readonly PriorityQueue<(int Position, int Left, int Right, int Product), long> _queue = new();
    private int _count;

    public void Add(int symbol)
    {
        _symbols[_count] = symbol;
        _previous[_count] = _count - 1;
        _next[_count] = _count + 1;
        _count++;
    }

    public void Merge(Dictionary<(int Left, int Right), (int Rank, int Product)> merges)
    {
        for (var i = 0; i + 1 < _count; i++)
            Offer(i, merges);

        while (_queue.TryDequeue(out var pair, out _))
        {
            var next = _next[pair.Position];
            // The pair may have gone since it was queued.
            if (next >= _count || _symbols[pair.Position] != pair.Left || _symbols[next] != pair.Right)
                continue;

            _symbols[pair.Position] = pair.Product;
            _symbols[next] = Merged;
            _next[pair.Position] = _next[next];
            if (_next[next] < _count)
                _previous[_next[next]] = pair.Position;

            if (_previous[pair.Position] >= 0)
                Offer(_previous[pair.Position], merges);
            Offer(pair.Position, merges);
        }
    }

    /// <summary>What is left, with the position of each symbol's first character.</summary>
    public IEnumerable<(int Position, int Symbol)> Remaining()
    {
        for (var i = 0; i < _count; i = _next[i])
            yield return (i, _symbols[i]);
    }

    private void Offer(int position, Dictionary<(int Left, int Right), (int Rank, int Product)> merges)
    {
        var next = _next[position];
        if (next < _count && merges.TryGetValue((_symbols[position], _symbols[next]), out var merge))
            _queue.Enqueue((position, _symbols[position], _symbols[next], merge.Product), ((long)merge.Rank << 32) | (uint)position);
    }
}
