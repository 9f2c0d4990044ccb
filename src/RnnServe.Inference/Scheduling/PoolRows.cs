namespace RnnServe.Inference.Scheduling;

/// <summary>The rows of a worker's batches, and which sentences there is still room for. It belongs to the worker's thread.</summary>
/// <remarks>All sentences of a batch have as many rows as its widest.</remarks>
/// <param name="limit">Most rows.</param>
/// <param name="large">Whether they are for sentences of large requests.</param>
internal sealed class PoolRows(RowLimit limit, bool large)
{
    private readonly (int Sentences, int Width)[] batches = new (int, int)[BatchClass.Count];
    private volatile int used;
    private volatile bool refused;

    /// <summary>Whether they are for sentences of large requests.</summary>
    public bool Large => large;

    /// <summary>Rows that are taken; other threads may read it.</summary>
    public int Used => used;

    /// <summary>Whether there was no room for the last sentence, and nothing has changed since; other threads may read it.</summary>
    public bool Refused => refused;

    /// <summary>Rows that are not taken.</summary>
    public int Free => Math.Max(limit.Most - used, 0);

    /// <summary>Whether less than a quarter of the rows is free.</summary>
    public bool IsNearlyFull => Free < limit.Most / 4;

    /// <summary>Says what a batch has now.</summary>
    public void Set(int batchClass, int sentences, int width)
    {
        if (batches[batchClass] == (sentences, width))
            return;
        refused = false;
        used += Rows(batchClass, (sentences, width)) - Rows(batchClass, batches[batchClass]);
        batches[batchClass] = (sentences, width);
    }

    /// <summary>Takes rows for a sentence if there are enough; the first one always finds room.</summary>
    public bool TryAdd(DecodeJob job)
    {
        int batchClass = BatchClass.Of(job.Search);
        var now = batches[batchClass];
        var then = (Sentences: now.Sentences + 1, Width: Math.Max(now.Width, limit.WidthOf(job)));
        refused = used > 0 && used + Rows(batchClass, then) - Rows(batchClass, now) > limit.Most;
        if (refused)
            return false;
        Set(batchClass, then.Sentences, then.Width);
        return true;
    }

    private static int Rows(int batchClass, (int Sentences, int Width) batch) =>
        batch.Sentences * batch.Width * BatchClass.Weight(batchClass);
}
