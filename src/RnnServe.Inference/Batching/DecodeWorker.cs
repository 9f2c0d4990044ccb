using RnnServe.Inference.Decoding;

namespace RnnServe.Inference.Batching;

/// <summary>A thread that owns a decoder and its batch: takes newcomers between steps, steps all live rows, hands results out.</summary>
/// <remarks>Nothing in its loop is shared but the queue, whose lock is only taken when sentences wait.</remarks>
internal sealed class DecodeWorker
{
    private readonly DecodeQueue queue;
    private readonly Func<IDecoder> createDecoder;
    private readonly int maxSentences;
    private readonly TimeProvider clock;
    private readonly Dictionary<SentenceSearch, DecodeJob> live = [];
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDecoder? decoder;
    private BeamSearch? search;

    /// <summary>Starts the thread.</summary>
    public DecodeWorker(string name, DecodeQueue queue, Func<IDecoder> createDecoder, int maxSentences, TimeProvider clock)
    {
        this.queue = queue;
        this.createDecoder = createDecoder;
        this.maxSentences = maxSentences;
        this.clock = clock;
        new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Completes when the queue is closed and the last sentence is handed out.</summary>
    public Task Stopped => stopped.Task;

    private void Run()
    {
        while (true)
        {
            try
            {
                if (!Turn())
                    break;
            }
            catch (Exception error)
            {
                // Whatever it was, only the sentences of this batch are affected: they fail, and the next batch gets a new decoder.
                FailAll(error);
            }
        }

        decoder?.Dispose();
        stopped.SetResult();
    }

    /// <summary>One step of the batch.</summary>
    /// <returns>False once there is nothing to do and never will be.</returns>
    private bool Turn()
    {
        DropGone();
        var newcomers = live.Count == 0 ? queue.WaitAndTake() : queue.TakeMore(maxSentences - live.Count);
        if (newcomers.Count == 0 && live.Count == 0)
            return false;
        Start(newcomers);
        foreach (var (sentence, error) in search!.Step())
        {
            live.Remove(sentence, out var job);
            if (error is null)
                job!.Complete(clock);
            else
                job!.Fail(error);
        }

        return true;
    }

    private void DropGone()
    {
        // A loop, as LINQ would allocate in every step.
        bool gone = false;
        foreach (var job in live.Values)
            gone |= job.IsOver;
        if (!gone)
            return;
        foreach (var sentence in search!.Drop(sentence => live[sentence].IsOver))
            live.Remove(sentence);
    }

    private void Start(IReadOnlyList<DecodeJob> newcomers)
    {
        if (newcomers.Count == 0)
            return;
        long taken = clock.GetTimestamp();
        foreach (var job in newcomers)
        {
            job.TakenAt = taken;
            live.Add(job.Search, job);
        }

        if (search is null)
        {
            decoder = createDecoder();
            search = new BeamSearch(decoder);
        }

        search.Add([.. newcomers.Select(job => job.Search)]);
        long encoded = clock.GetTimestamp();
        foreach (var job in newcomers)
            job.EncodedAt = encoded;
    }

    private void FailAll(Exception error)
    {
        foreach (var job in live.Values)
            job.Fail(error);
        live.Clear();
        search = null;
        decoder?.Dispose();
        decoder = null;
    }
}
