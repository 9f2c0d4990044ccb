namespace RnnServe.Inference.Scheduling;

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
    private readonly List<(PoolRows Small, PoolRows Large)> pools = [];
    private int idleWorkers;
    private bool closed;

    /// <summary>Sentences waiting.</summary>
    public int Count => small.Count + large.Count;

    /// <summary>Counts a worker's rows among those that waiting sentences may go to. To be called before the first is admitted.</summary>
    public void Join(PoolRows smallRows, PoolRows largeRows)
    {
        lock (gate)
            pools.Add((smallRows, largeRows));
    }

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
            var lane = Lane(isLarge);
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
                Lane(job.OfLargeRequest).Add(limit.RowsOf(job), -1);
            request.Value.Clear();
            request.List?.Remove(request);
        }
    }

    /// <summary>Takes sentences for a worker that is decoding others; returns at once.</summary>
    /// <param name="room">What the worker has room for.</param>
    /// <remarks>
    /// A few newcomers are only taken when they are all there is: encoding a crowd in one run is much cheaper than one
    /// at a time, so under load a worker lets a quarter of its rows become free first. A worker leaves to others what these can take
    /// without having more rows than it has: where arrivals are few, they are decoded by themselves as long as a worker is idle.
    /// </remarks>
    public IReadOnlyList<DecodeJob> TakeMore(PoolRows room)
    {
        var lane = Lane(room.Large);
        if (lane.Count == 0 || room.Free == 0 || (room.IsNearlyFull && lane.Rows > room.Free) || lane.Rows <= RoomOfLesser(room))
            return [];
        lock (gate)
            return (IReadOnlyList<DecodeJob>?)Take(room, lane.Rows - RoomOfLesser(room)) ?? [];
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
                    var taken = rooms.SelectMany(room => TakeShare(room) ?? []).ToList();
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

    private WaitingRequests Lane(bool ofLargeRequests) => ofLargeRequests ? large : small;

    /// <summary>Rows that workers with fewer can take before they have as many, those of large requests included.</summary>
    private int RoomOfLesser(PoolRows room)
    {
        // Loops, as LINQ would allocate in every step.
        int own = 0, rows = 0;
        foreach (var (smallRows, largeRows) in pools)
            own += smallRows == room || largeRows == room ? smallRows.Used + largeRows.Used : 0;
        foreach (var (smallRows, largeRows) in pools)
        {
            if (!(room.Large ? largeRows : smallRows).Refused)
                rows += Math.Max(own - smallRows.Used - largeRows.Used, 0);
        }

        return rows;
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

    /// <summary>Idle workers share what waits.</summary>
    private List<DecodeJob>? TakeShare(PoolRows room) => Take(room, (Lane(room.Large).Rows + idleWorkers - 1) / idleWorkers);

    /// <summary>One of each request in turn, until there is no room for the next.</summary>
    /// <remarks>
    /// One that finds no room is not passed over, or a wide beam would wait for as long as small ones come. At most one that is encoded
    /// alone is taken, and it comes last: nothing is saved by encoding several before the next step, for which all
    /// live rows wait, and what is left may be cancelled or go to another worker until then.
    /// </remarks>
    /// <param name="room">What there is room for.</param>
    /// <param name="rows">Rows after which the rest is left to others.</param>
    /// <returns>Null for none.</returns>
    private List<DecodeJob>? Take(PoolRows room, int rows)
    {
        var lane = Lane(room.Large);
        var requests = lane.Requests;
        List<DecodeJob>? taken = null;
        while (rows > 0 && requests.First is { } first)
        {
            if (first.Value.TryPeek(out var job))
            {
                if (!room.TryAdd(job))
                    break;
                first.Value.Dequeue();
                lane.Add(limit.RowsOf(job), -1);
                rows -= limit.RowsOf(job);
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
