using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>What a worker decodes of small requests, or of large ones: a batch for each class of sentences. It belongs to the worker's thread.</summary>
internal sealed class WorkerLane(RowLimit limit, bool large, Func<IDecoder> createDecoder, TimeProvider clock)
{
    private readonly DecodeBatch[] batches = [.. Enumerable.Range(0, BatchClass.Count).Select(_ => new DecodeBatch(createDecoder, clock))];

    /// <summary>The rows that the batches have and may have.</summary>
    public PoolRows Rows { get; } = new(limit, large);

    /// <summary>Sentences that are being decoded or join with the next step.</summary>
    public int Sentences { get; private set; }

    /// <summary>Drops the sentences whose callers have gone, and counts the others.</summary>
    public void Refresh()
    {
        Sentences = 0;
        for (int i = 0; i < batches.Length; i++)
        {
            Guard(batches[i], static batch => batch.DropGone());
            Rows.Set(i, batches[i].Sentences, batches[i].Width);
            Sentences += batches[i].Sentences;
        }
    }

    /// <summary>Takes a newcomer in, which is encoded before the next step.</summary>
    public void Add(DecodeJob job)
    {
        batches[BatchClass.Of(job.Search)].Add(job);
        Sentences++;
    }

    /// <summary>One step of every batch, the shortest sentences first: they must not wait for the encoding of long ones.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Step()
    {
        if (Sentences == 0)
            return TimeSpan.Zero;
        long start = clock.GetTimestamp();
        foreach (var batch in batches)
            Guard(batch, static batch => batch.Step());
        return clock.GetElapsedTime(start);
    }

    /// <summary>Frees the decoders, on the worker's thread, after which the lane is not used any more.</summary>
    public void Close()
    {
        foreach (var batch in batches)
            batch.Dispose();
    }

    /// <summary>Whatever goes wrong, only the sentences of this batch are affected.</summary>
    private static void Guard(DecodeBatch batch, Action<DecodeBatch> act)
    {
        try
        {
            act(batch);
        }
        catch (Exception error)
        {
            batch.FailAll(error);
        }
    }
}
