namespace RnnServe.Inference.Batching;

/// <summary>The sentences that wait for a worker: bounded, and fair between requests.</summary>
/// <remarks>
/// Workers take one sentence of each request in turn, so that a request of one sentence does not wait behind a request
/// of a thousand. Within a request the longest sentences go first: sentences of like lengths are then decoded together,
/// which saves padding, and a long one does not start when all others are done.
/// </remarks>
internal sealed class DecodeQueue(BatchingOptions options, TimeProvider clock)
{
    private readonly object gate = new();
    private readonly LinkedList<Queue<DecodeJob>> requests = [];
    private volatile int count;
    private int idleWorkers;
    private bool closed;

    /// <summary>Sentences waiting.</summary>
    public int Count => count;

    /// <summary>Admits all sentences of a request, or none.</summary>
    /// <returns>The request, to be forgotten when its caller goes away.</returns>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public LinkedListNode<Queue<DecodeJob>> Admit(IReadOnlyList<DecodeJob> jobs)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (count + jobs.Count > options.MaxQueued)
                throw new QueueFullException(count, jobs.Count, options.MaxQueued);
            foreach (var job in jobs)
                job.AdmittedAt = clock.GetTimestamp();
            var request = requests.AddLast(new Queue<DecodeJob>(jobs.OrderByDescending(job => job.Search.Source.Length)));
            count += jobs.Count;
            Monitor.PulseAll(gate);
            return request;
        }
    }

    /// <summary>Drops what still waits of a request whose caller has gone.</summary>
    public void Forget(LinkedListNode<Queue<DecodeJob>> request)
    {
        lock (gate)
        {
            count -= request.Value.Count;
            request.Value.Clear();
            if (request.List is not null)
                requests.Remove(request);
        }
    }

    /// <summary>Takes sentences for a worker that is decoding others; returns at once.</summary>
    /// <param name="free">Sentences that the worker has room for.</param>
    /// <remarks>
    /// A few newcomers are only taken when they are all there is: encoding a crowd in one run is much cheaper than one
    /// at a time, so under load a worker lets a quarter of its places become free first.
    /// </remarks>
    public IReadOnlyList<DecodeJob> TakeMore(int free)
    {
        if (count == 0 || free == 0 || (free < options.MaxSentences / 4 && count > free))
            return [];
        lock (gate)
            return Take(free);
    }

    /// <summary>Waits for sentences on behalf of an idle worker.</summary>
    /// <returns>Empty once the queue is closed and nothing waits.</returns>
    public IReadOnlyList<DecodeJob> WaitAndTake()
    {
        lock (gate)
        {
            idleWorkers++;
            try
            {
                while (true)
                {
                    while (count == 0 && !closed)
                        Monitor.Wait(gate);
                    WaitForCompany();
                    var taken = Take(options.MaxSentences);
                    if (taken.Count > 0 || (closed && count == 0))
                        return taken;
                }
            }
            finally
            {
                idleWorkers--;
            }
        }
    }

    /// <summary>Admits nothing more; idle workers return once nothing waits.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }

    private void WaitForCompany()
    {
        long since = clock.GetTimestamp();
        while (!closed && count > 0 && count < options.MaxSentences)
        {
            var left = TimeSpan.FromMilliseconds(options.MaxWaitMs) - clock.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
                return;
            Monitor.Wait(gate, left);
        }
    }

    /// <summary>One of each request in turn; idle workers share what waits.</summary>
    /// <remarks>
    /// At most one that is encoded alone, and it comes last: nothing is saved by encoding several before the next step, for which all
    /// live rows wait, and what is left may be cancelled or go to another worker until then.
    /// </remarks>
    private List<DecodeJob> Take(int most)
    {
        int share = (count + Math.Max(idleWorkers, 1) - 1) / Math.Max(idleWorkers, 1);
        most = Math.Min(most, share);
        var taken = new List<DecodeJob>(most);
        while (taken.Count < most && requests.First is { } first)
        {
            requests.RemoveFirst();
            if (first.Value.TryDequeue(out var job))
            {
                count--;
                taken.Add(job);
            }

            if (first.Value.Count > 0)
                requests.AddLast(first);
            if (job?.Search.Source.IsEncodedAlone == true)
                break;
        }

        return taken;
    }
}
