namespace RnnServe.Inference.Batching;

/// <summary>The sentences that wait for a worker: bounded, and fair between requests.</summary>
/// <remarks>
/// Workers take one sentence of each request in turn, so that a request of one sentence does not wait behind a request
/// of a thousand; requests of more sentences than a worker decodes at once have a turn, and rows, of their own. Within a
/// request the longest sentences go first: sentences of like lengths are then decoded together, which saves padding, and a
/// long one does not start when all others are done.
/// </remarks>
internal sealed class DecodeQueue(BatchingOptions options, RowLimit limit, TimeProvider clock)
{
    private readonly object gate = new();
    private readonly WaitingRequests small = new();
    private readonly WaitingRequests large = new();
    private int idleWorkers;
    private bool closed;

    /// <summary>Sentences waiting.</summary>
    public int Count => small.Count + large.Count;

    /// <summary>Refuses sentences that there is no room for now; what passes may still be refused by <see cref="Admit"/>.</summary>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    public void CheckRoom(int sentences)
    {
        int waiting = Count;
        if (waiting + sentences > options.MaxQueued)
            throw new QueueFullException(waiting, sentences, options.MaxQueued);
    }

    /// <summary>Admits all sentences of a request, or none.</summary>
    /// <returns>The request, to be forgotten when its caller goes away.</returns>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public LinkedListNode<Queue<DecodeJob>> Admit(IReadOnlyList<DecodeJob> jobs)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            CheckRoom(jobs.Count);
            bool isLarge = jobs.Count > 1 && jobs.Sum(limit.RowsOf) > limit.Most;
            var lane = isLarge ? large : small;
            foreach (var job in jobs)
            {
                job.OfLargeRequest = isLarge;
                job.AdmittedAt = clock.GetTimestamp();
                lane.Add(limit.RowsOf(job), 1);
            }

            var request = lane.Requests.AddLast(new Queue<DecodeJob>(jobs.OrderByDescending(job => job.Search.Source.Length)));
            Monitor.PulseAll(gate);
            return request;
        }
    }

    /// <summary>Drops what still waits of a request whose caller has gone.</summary>
    public void Forget(LinkedListNode<Queue<DecodeJob>> request)
    {
        lock (gate)
        {
            foreach (var job in request.Value)
                (job.OfLargeRequest ? large : small).Add(limit.RowsOf(job), -1);
            request.Value.Clear();
            request.List?.Remove(request);
        }
    }

    /// <summary>Takes sentences for a worker that is decoding others; returns at once.</summary>
    /// <param name="room">What the worker has room for.</param>
    /// <remarks>
    /// A few newcomers are only taken when they are all there is: encoding a crowd in one run is much cheaper than one
    /// at a time, so under load a worker lets a quarter of its rows become free first.
    /// </remarks>
    public IReadOnlyList<DecodeJob> TakeMore(PoolRows room)
    {
        var lane = room.Large ? large : small;
        if (lane.Count == 0 || room.Free == 0 || (room.IsNearlyFull && lane.Rows > room.Free))
            return [];
        lock (gate)
            return (IReadOnlyList<DecodeJob>?)Take(lane, room) ?? [];
    }

    /// <summary>Waits for sentences on behalf of an idle worker.</summary>
    /// <param name="rooms">Those of a worker without any sentence.</param>
    /// <returns>Empty once the queue is closed and nothing waits.</returns>
    public IReadOnlyList<DecodeJob> WaitAndTake(params IReadOnlyList<PoolRows> rooms)
    {
        lock (gate)
        {
            idleWorkers++;
            try
            {
                while (true)
                {
                    while (Count == 0 && !closed)
                        Monitor.Wait(gate);
                    WaitForCompany();
                    var taken = rooms.SelectMany(room => Take(room.Large ? large : small, room) ?? []).ToList();
                    if (taken.Count > 0)
                        return taken;
                    if (closed && Count == 0)
                        return [];
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
        while (!closed && Count > 0 && small.Rows + large.Rows < limit.Most)
        {
            var left = TimeSpan.FromMilliseconds(options.MaxWaitMs) - clock.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
                return;
            Monitor.Wait(gate, left);
        }
    }

    /// <summary>One of each request in turn, until there is no room for the next; idle workers share what waits.</summary>
    /// <remarks>
    /// One that finds no room is not passed over, or a wide beam would wait for as long as small ones come. At most one that is encoded
    /// alone is taken, and it comes last: nothing is saved by encoding several before the next step, for which all
    /// live rows wait, and what is left may be cancelled or go to another worker until then.
    /// </remarks>
    /// <returns>Null for none.</returns>
    private List<DecodeJob>? Take(WaitingRequests lane, PoolRows room)
    {
        var requests = lane.Requests;
        int share = (lane.Count + Math.Max(idleWorkers, 1) - 1) / Math.Max(idleWorkers, 1);
        List<DecodeJob>? taken = null;
        while ((taken is null || taken.Count < share) && requests.First is { } first)
        {
            if (first.Value.TryPeek(out var job))
            {
                if (!room.TryAdd(job))
                    break;
                first.Value.Dequeue();
                lane.Add(limit.RowsOf(job), -1);
                (taken ??= []).Add(job);
            }

            requests.RemoveFirst();
            if (first.Value.Count > 0)
                requests.AddLast(first);
            if (job?.Search.Source.IsEncodedAlone == true)
                break;
        }

        return taken;
    }
}
