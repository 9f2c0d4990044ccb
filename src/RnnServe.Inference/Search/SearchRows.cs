namespace RnnServe.Inference.Search;

/// <summary>Steps the searches of many sentences through one decoder. Sentences join and leave between any two steps.</summary>
/// <remarks>
/// Each sentence has a policy of its own, an <see cref="ISearch"/>; here are only rows. A step allocates nothing on the managed heap
/// unless sentences end. Not thread-safe.
/// </remarks>
internal sealed class SearchRows(IDecoder decoder)
{
    private readonly List<ISearch> sentences = [];
    private readonly List<(ISearch, Exception?)> left = [];
    private readonly List<int> kept = [];
    private int width;
    private int[] tokens = [];
    private int[] parents = [];

    /// <summary>The sentences of the batch, in the order of their rows.</summary>
    public IReadOnlyList<ISearch> Sentences => sentences;

    /// <summary>Rows of each sentence: the largest beam size among them, and no less than the decoder's least.</summary>
    public int Width => width;

    /// <summary>What the next step computes with.</summary>
    public StepWork Work()
    {
        // A loop, as LINQ would allocate in every step.
        long needed = 0;
        int longest = 0;
        foreach (var sentence in sentences)
        {
            int length = sentence.Source.Length;
            longest = Math.Max(longest, length);
            needed += (long)sentence.Live * length;
        }

        long positions = (long)sentences.Count * width * longest;
        return new(sentences.Count * width, positions, positions - needed);
    }

    /// <summary>Encodes newcomers together and appends them to the batch.</summary>
    public void Add(IReadOnlyList<ISearch> newcomers)
    {
        if (newcomers.Count == 0)
            return;
        int wider = Math.Max(sentences.Count == 0 ? decoder.LeastWidth : width, newcomers.Max(s => s.Width));
        if (sentences.Count > 0 && wider != width)
            Keep([.. Enumerable.Range(0, sentences.Count)], wider, static (_, beam) => beam);
        width = wider;
        decoder.Start([.. newcomers.Select(s => s.Source)], width);
        sentences.AddRange(newcomers);
    }

    /// <summary>Advances every sentence by one token; those that are over leave the batch.</summary>
    /// <returns>The sentences that left, until the next step. One whose logits were no numbers leaves with its error.</returns>
    public IReadOnlyList<(ISearch Sentence, Exception? Error)> Step()
    {
        bool attention = sentences.Exists(static s => s.NeedsAttention);
        var output = decoder.Advance(LastTokens(), attention);
        left.Clear();
        kept.Clear();
        for (int i = 0; i < sentences.Count; i++)
        {
            if (!TryAdvance(sentences[i], i, output, out var error) || sentences[i].Done)
                left.Add((sentences[i], error));
            else
                kept.Add(i);
        }

        Keep(kept, WidthOf(kept), static (sentence, beam) => sentence.Parent(beam));
        return left;
    }

    /// <summary>Drops sentences whose callers have gone.</summary>
    /// <returns>The dropped ones.</returns>
    public IReadOnlyList<ISearch> Drop(Predicate<ISearch> gone)
    {
        var dropped = new List<ISearch>();
        kept.Clear();
        for (int i = 0; i < sentences.Count; i++)
        {
            if (gone(sentences[i]))
                dropped.Add(sentences[i]);
            else
                kept.Add(i);
        }

        if (dropped.Count > 0)
            Keep(kept, WidthOf(kept), static (_, beam) => beam);
        return dropped;
    }

    /// <summary>Searches a list of sentences to their ends, at most so many at once.</summary>
    /// <returns>The n best hypotheses of each sentence, in the order of the list.</returns>
    /// <exception cref="NotFiniteNumberException">The decoder gave logits that are no numbers.</exception>
    public static IReadOnlyList<IReadOnlyList<Hypothesis>> DecodeAll(IDecoder decoder, IReadOnlyList<ISearch> all, int maxSentences)
    {
        var search = new SearchRows(decoder);
        try
        {
            for (int next = 0; next < all.Count || search.sentences.Count > 0;)
            {
                var newcomers = all.Skip(next).Take(maxSentences - search.sentences.Count).ToList();
                search.Add(newcomers);
                next += newcomers.Count;
                if (search.Step().FirstOrDefault(left => left.Error is not null).Error is { } error)
                    throw error;
            }
        }
        finally
        {
            search.Drop(_ => true);
        }

        return [.. all.Select(s => s.Results())];
    }

    private bool TryAdvance(ISearch sentence, int index, DecoderOutput output, out Exception? error)
    {
        int v = decoder.VocabularySize;
        int s = output.SourceLength;
        var logits = output.Logits.Slice(Row(index, 0) * v, width * v);
        var attention = sentence.NeedsAttention ? output.Attention.Slice(Row(index, 0) * s, width * s) : default;
        try
        {
            sentence.Advance(logits, v, attention, s);
            error = null;
            return true;
        }
        catch (NotFiniteNumberException notFinite)
        {
            error = notFinite;
            return false;
        }
    }

    /// <summary>Last token of each row, shape [R]; beams that are not live repeat beam 0, whose row is valid.</summary>
    private ReadOnlySpan<int> LastTokens()
    {
        Grow(ref tokens, sentences.Count * width);
        for (int i = 0; i < sentences.Count; i++)
        {
            for (int beam = 0; beam < width; beam++)
                tokens[Row(i, beam)] = sentences[i].Token(beam < sentences[i].Live ? beam : 0);
        }

        return tokens.AsSpan(0, sentences.Count * width);
    }

    /// <summary>Reduces the batch to some of its sentences, each live beam continuing from its parent.</summary>
    private void Keep(List<int> kept, int newWidth, Func<ISearch, int, int> parentOf)
    {
        int rows = kept.Count * newWidth;
        Grow(ref parents, rows);
        bool same = kept.Count == sentences.Count && newWidth == width;
        for (int i = 0; i < kept.Count; i++)
        {
            var sentence = sentences[kept[i]];
            for (int beam = 0; beam < newWidth; beam++)
            {
                int row = (i * newWidth) + beam;
                parents[row] = Row(kept[i], parentOf(sentence, beam < sentence.Live ? beam : 0));
                same &= parents[row] == row;
            }
        }

        if (!same)
            decoder.Reorder(parents.AsSpan(0, rows), newWidth);
        width = newWidth;
        for (int i = 0; i < kept.Count; i++)
            sentences[i] = sentences[kept[i]];
        sentences.RemoveRange(kept.Count, sentences.Count - kept.Count);
    }

    private int WidthOf(List<int> kept)
    {
        if (kept.Count == 0)
            return width;
        int widest = decoder.LeastWidth;
        foreach (int sentence in kept)
            widest = Math.Max(widest, sentences[sentence].Width);
        return widest;
    }

    private int Row(int sentence, int beam) => (sentence * width) + beam;

    private static void Grow(ref int[] array, int length)
    {
        if (array.Length < length)
            array = new int[Math.Max(length, array.Length * 2)];
    }
}
