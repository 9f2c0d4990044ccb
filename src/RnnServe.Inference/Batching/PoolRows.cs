namespace RnnServe.Inference.Batching;

/// <summary>The rows of a worker's batches, and which sentences there is still room for. It belongs to the worker's thread.</summary>
/// <remarks>
/// All sentences of a batch have as many rows as its widest. A row over a source twice as long counts twice, as
/// its attention reads twice as much: a worker full of long sentences would otherwise let its short ones wait for each step.
/// </remarks>
internal sealed class PoolRows(RowLimit limit)
{
    private readonly (int Sentences, int Width)[] batches = new (int, int)[LengthClass.Count];
    private int used;

    /// <summary>Rows that are not taken.</summary>
    public int Free => Math.Max(limit.Most - used, 0);

    /// <summary>Whether less than a quarter of the rows is free.</summary>
    public bool IsNearlyFull => Free < limit.Most / 4;

    /// <summary>Says what a batch has now.</summary>
    public void Set(int lengthClass, int sentences, int width)
    {
        used += Rows(lengthClass, sentences, width) - Rows(lengthClass, batches[lengthClass].Sentences, batches[lengthClass].Width);
        batches[lengthClass] = (sentences, width);
    }

    /// <summary>Takes rows for a sentence if there are enough; the first one always finds room.</summary>
    public bool TryAdd(DecodeJob job)
    {
        int lengthClass = LengthClass.Of(job.Search.Source.Length);
        var (sentences, width) = batches[lengthClass];
        int wider = Math.Max(width, limit.WidthOf(job));
        int after = used + Rows(lengthClass, sentences + 1, wider) - Rows(lengthClass, sentences, width);
        if (used > 0 && after > limit.Most)
            return false;
        Set(lengthClass, sentences + 1, wider);
        return true;
    }

    /// <summary>What sentences of a class count.</summary>
    public static int Rows(int lengthClass, int sentences, int width) => (sentences * width) << lengthClass;
}
