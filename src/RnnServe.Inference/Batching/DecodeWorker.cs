using RnnServe.Inference.Decoding;

namespace RnnServe.Inference.Batching;

/// <summary>A thread that owns batches, one for each class of sentences: takes newcomers between steps and steps all batches in turn.</summary>
/// <remarks>Nothing in its loop is shared but the queue, whose lock is only taken when sentences wait.</remarks>
internal sealed class DecodeWorker
{
    private readonly DecodeQueue queue;
    private readonly PoolRows rows;
    private readonly DecodeBatch[] batches;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the thread.</summary>
    public DecodeWorker(string name, DecodeQueue queue, RowLimit limit, Func<IDecoder> createDecoder, TimeProvider clock)
    {
        this.queue = queue;
        rows = new PoolRows(limit);
        batches = [.. Enumerable.Range(0, BatchClass.Count).Select(_ => new DecodeBatch(createDecoder, clock))];
        new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Completes when the queue is closed and the last sentence is handed out.</summary>
    public Task Stopped => stopped.Task;

    private void Run()
    {
        while (Turn())
        {
        }

        foreach (var batch in batches)
            batch.Dispose();
        stopped.SetResult();
    }

    /// <summary>One step of every batch, the shortest sentences first: they must not wait for the encoding of long ones.</summary>
    /// <returns>False once there is nothing to do and never will be.</returns>
    private bool Turn()
    {
        int live = 0;
        for (int i = 0; i < batches.Length; i++)
        {
            Guard(batches[i], static batch => batch.DropGone());
            rows.Set(i, batches[i].Sentences, batches[i].Width);
            live += batches[i].Sentences;
        }

        var newcomers = live == 0 ? queue.WaitAndTake(rows) : queue.TakeMore(rows);
        if (newcomers.Count == 0 && live == 0)
            return false;
        foreach (var job in newcomers)
            batches[BatchClass.Of(job.Search)].Add(job);
        foreach (var batch in batches)
            Guard(batch, static batch => batch.Step());
        return true;
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
