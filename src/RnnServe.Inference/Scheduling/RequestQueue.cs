namespace RnnServe.Inference.Scheduling;

/// <summary>The jobs of one model that wait for a worker: bounded, and fair between requests. Thread-safe.</summary>
/// <remarks>
/// Workers take one job of each request in turn, so that a request of one sentence does not wait behind a request
/// of a thousand; requests of more than a worker runs at once have a turn, and room, of their own. Within a
/// request the longest jobs go first: jobs of similar length then run together, which saves padding, and no
/// long one is left to run alone at the end.
/// </remarks>
/// <param name="options">How much may wait.</param>
/// <param name="cost">How much of the model a worker may run at once.</param>
/// <param name="clock">Measures times.</param>
/// <param name="gate">The pool's lock, which idle workers wait for.</param>
internal sealed class RequestQueue(BatchingOptions options, Cost cost, TimeProvider clock, object gate) : IAsyncDisposable
{
    private readonly Waiting small = new();
    private readonly Waiting large = new();
    private readonly List<(Room Small, Room Large)> rooms = [];
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool closed;
    private int gone;

    /// <summary>How much of the model a worker may run at once.</summary>
    public Cost Cost => cost;

    /// <summary>Jobs waiting.</summary>
    public int Count => small.Count + large.Count;

    /// <summary>Whether nothing waits and nothing will.</summary>
    public bool IsDrained => closed && Count == 0;

    /// <summary>Whether there is as much as a worker runs at once.</summary>
    public bool IsEnough => small.Cost + large.Cost >= cost.Most;

    /// <summary>What the waiting jobs cost.</summary>
    public int CostOf(bool large) => Of(large).Cost;

    /// <summary>Counts a worker's rooms among those that waiting jobs may go to. To be called before the first is admitted.</summary>
    public void Join(Room smallRoom, Room largeRoom)
    {
        lock (gate)
            rooms.Add((smallRoom, largeRoom));
    }

    /// <summary>Says that a worker holds nothing of the model any more.</summary>
    public void Leave()
    {
        lock (gate)
        {
            if (++gone == rooms.Count)
                left.TrySetResult();
        }
    }

    /// <summary>Refuses jobs that there is no room for now; what passes may still be refused by <see cref="RunAsync"/>.</summary>
    /// <param name="jobs">How many there are at least.</param>
    /// <exception cref="QueueFullException">Too many are waiting.</exception>
    public void CheckRoom(int jobs)
    {
        int waiting = Count;
        if (waiting + jobs > options.MaxQueued)
            throw new QueueFullException(waiting, jobs, options.MaxQueued);
    }

    /// <summary>Runs jobs, all of them admitted or none; results in the same order.</summary>
    /// <param name="jobs">A request's.</param>
    /// <param name="cancellation">Frees their places and rows within one step.</param>
    /// <exception cref="QueueFullException">Too many are waiting.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public async Task<IReadOnlyList<TResult>> RunAsync<TResult>(IReadOnlyList<Job<TResult>> jobs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (jobs.Count == 0)
            return [];
        var request = Admit(jobs);
        using var registration = cancellation.Register(() =>
        {
            Forget(request);
            foreach (var job in jobs)
                job.Cancel(cancellation);
        });
        return await Task.WhenAll(jobs.Select(job => job.Result)).ConfigureAwait(false);
    }

    /// <summary>Admits all jobs of a request, or none.</summary>
    /// <returns>The request, to be forgotten when its caller goes away.</returns>
    public LinkedListNode<Queue<Job>> Admit(IReadOnlyList<Job> jobs)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            CheckRoom(jobs.Count);
            bool isLarge = jobs.Count > 1 && jobs.Sum(cost.Of) > cost.Most;
            var waiting = Of(isLarge);
            foreach (var job in jobs)
            {
                job.OfLargeRequest = isLarge;
                job.AdmittedAt = clock.GetTimestamp();
                waiting.Add(cost.Of(job), 1);
            }

            var request = waiting.Requests.AddLast(new Queue<Job>(jobs.OrderByDescending(job => job.Length)));
            Monitor.PulseAll(gate);
            return request;
        }
    }

    /// <summary>Drops what still waits of a request whose caller has gone.</summary>
    public void Forget(LinkedListNode<Queue<Job>> request)
    {
        lock (gate)
        {
            foreach (var job in request.Value)
                Of(job.OfLargeRequest).Add(cost.Of(job), -1);
            request.Value.Clear();
            request.List?.Remove(request);
            WakeIfDrained();
        }
    }

    /// <summary>Takes jobs for a worker that is running others; returns at once.</summary>
    /// <param name="room">What the worker has room for.</param>
    /// <remarks>
    /// Under load a worker waits until a quarter of its room is free, because encoding many jobs in one run is much cheaper than one at a
    /// time; it takes fewer only when no more are waiting. It leaves jobs to workers that would still have less to do than it has: where
    /// arrivals are few, an idle worker runs them by themselves.
    /// </remarks>
    public IReadOnlyList<Job> TakeMore(Room room)
    {
        var waiting = Of(room.Large);
        if (waiting.Count == 0 || room.Free == 0 || (room.IsNearlyFull && waiting.Cost > room.Free) || waiting.Cost <= RoomOfLesser(room))
            return [];
        lock (gate)
            return Take(room, waiting.Cost - RoomOfLesser(room));
    }

    /// <summary>One of each request in turn, until there is no room for the next. Under the lock.</summary>
    /// <remarks>
    /// A job that finds no room is not passed over: a wide beam would wait for as long as small ones come. At most one job that is encoded
    /// alone is taken, as the last, because encoding several in a row saves nothing and lets all live rows wait for their next step.
    /// Those that are left may be cancelled or go to another worker until then.
    /// </remarks>
    /// <param name="room">What there is room for.</param>
    /// <param name="most">The greatest cost to take, the rest being left to others.</param>
    public IReadOnlyList<Job> Take(Room room, int most)
    {
        var waiting = Of(room.Large);
        var requests = waiting.Requests;
        List<Job>? taken = null;
        while (most > 0 && requests.First is { } first)
        {
            if (first.Value.TryPeek(out var job))
            {
                if (!room.TryAdd(job))
                    break;
                first.Value.Dequeue();
                waiting.Add(cost.Of(job), -1);
                most -= cost.Of(job);
                (taken ??= []).Add(job);
            }

            requests.RemoveFirst();
            if (first.Value.Count > 0)
                requests.AddLast(first);
            if (job?.IsEncodedAlone == true)
                break;
        }

        WakeIfDrained();
        return (IReadOnlyList<Job>?)taken ?? [];
    }

    /// <summary>Admits nothing more; workers give up their shares once nothing waits.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Admits nothing more and waits until all that was admitted is done and the workers hold no memory of the model.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await left.Task.ConfigureAwait(false);
    }

    private Waiting Of(bool ofLargeRequests) => ofLargeRequests ? large : small;

    private void WakeIfDrained()
    {
        if (IsDrained)
            Monitor.PulseAll(gate);
    }

    /// <summary>What workers with less to do can take before they have as much.</summary>
    private int RoomOfLesser(Room room)
    {
        // A loop, as LINQ would allocate in every step.
        int rest = 0;
        foreach (var (smallRoom, largeRoom) in rooms)
        {
            if (!(room.Large ? largeRoom : smallRoom).Refused)
                rest += Math.Max(room.Load.Used - smallRoom.Load.Used, 0);
        }

        return rest;
    }

    /// <summary>Requests that wait, in the order in which they give a job each. Changed under the lock; the numbers are read
    /// without.</summary>
    private sealed class Waiting
    {
        private volatile int count;
        private volatile int cost;

        public LinkedList<Queue<Job>> Requests { get; } = [];

        public int Count => count;

        public int Cost => cost;

        /// <summary>Counts a job that comes or goes.</summary>
        public void Add(int jobCost, int sign)
        {
            count += sign;
            cost += sign * jobCost;
        }
    }
}
