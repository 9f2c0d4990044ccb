namespace RnnServe.Inference.Scheduling;

/// <summary>The jobs of one model that wait for a worker: bounded, and fair between requests. Thread-safe.</summary>
/// <remarks>
/// Workers take one job of each caller in turn, and of each of its requests, so that a request of one sentence does not wait behind the
/// request of a thousand, nor a caller behind the thousand requests of another; requests of more than a worker runs at once have a turn,
/// and room, of their own, and so has what is wanted less soon. Within a request the longest jobs go first: jobs of similar length then run
/// together, which saves padding, and no long one is left to run alone at the end.
/// </remarks>
/// <param name="options">How much may wait.</param>
/// <param name="cost">How much of the model a worker may run at once.</param>
/// <param name="clock">Measures times.</param>
/// <param name="gate">The pool's lock, which idle workers wait for.</param>
internal sealed class RequestQueue(BatchingOptions options, Cost cost, TimeProvider clock, object gate) : IAsyncDisposable
{
    private readonly WaitingRequests[] lanes = [new(), new(), new()];
    private readonly List<Room[]> rooms = [];
    private readonly Places places = new(options.MaxQueued);
    private readonly Throughput throughput = new(clock);
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool closed;
    private int gone;

    /// <summary>How much of the model a worker may run at once.</summary>
    public Cost Cost => cost;

    /// <summary>Jobs waiting.</summary>
    public int Count => lanes[0].Count + lanes[1].Count + lanes[2].Count;

    /// <summary>Jobs waiting or on their way to here.</summary>
    public int Taken => places.Taken;

    /// <summary>Jobs waiting that are not bulk.</summary>
    public int CountOfInteractive => Count - lanes[(int)Lane.Bulk].Count;

    /// <summary>Whether nothing waits and nothing will.</summary>
    public bool IsDrained => closed && Count == 0;

    /// <summary>Whether there is as much as a worker runs at once.</summary>
    public bool IsEnough => lanes.Sum(lane => lane.Cost) >= cost.Most;

    /// <summary>What the waiting jobs of a lane cost.</summary>
    public int CostOf(Lane lane) => lanes[(int)lane].Cost;

    /// <summary>Counts a worker's rooms, one for each lane, among those that waiting jobs may go to. To be called before the first is
    /// admitted.</summary>
    public void Join(params Room[] ofWorker)
    {
        lock (gate)
            rooms.Add(ofWorker);
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
        var origin = RequestOrigin.Current;
        if (!origin.LeavesPlaces && Taken + jobs <= options.MaxQueued)
            return;
        lock (gate)
            places.Check(jobs, origin, Drain);
    }

    /// <summary>Takes places for jobs that have to be read before they can wait, all of them or none.</summary>
    /// <exception cref="QueueFullException">Too many are waiting.</exception>
    public Reservation Reserve(int jobs)
    {
        var origin = RequestOrigin.Current;
        lock (gate)
        {
            TakePlaces(jobs, origin);
            return new(this, origin, jobs);
        }
    }

    /// <summary>Gives back the places of jobs that do not come.</summary>
    public void GiveBack(Reservation reservation)
    {
        lock (gate)
            places.Add(reservation.Origin, -reservation.Jobs);
    }

    /// <summary>How long what waits takes at the present rate; zero where nothing was done lately.</summary>
    public TimeSpan Drain()
    {
        lock (gate)
        {
            // In a pause the rate is not to be asked for: that time is none of its.
            double perSecond = Taken > 0 ? throughput.PerSecond() : 0;
            return TimeSpan.FromSeconds(perSecond > 0 ? Math.Min(Taken / perSecond, 3600) : 0);
        }
    }

    /// <summary>Runs jobs, all of them admitted or none; results in the same order.</summary>
    /// <param name="jobs">A request's.</param>
    /// <param name="cancellation">Frees their places and rows within one step.</param>
    /// <param name="reservation">Has their places, which are theirs now; null: they have none.</param>
    /// <exception cref="QueueFullException">Too many are waiting.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public async Task<IReadOnlyList<TResult>> RunAsync<TResult>(
        IReadOnlyList<Job<TResult>> jobs, CancellationToken cancellation, Reservation? reservation = null)
    {
        cancellation.ThrowIfCancellationRequested();
        if (jobs.Count == 0)
            return [];
        var request = Admit(jobs, reservation);
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
    public WaitingRequest Admit(IReadOnlyList<Job> jobs, Reservation? reservation = null)
    {
        var origin = reservation?.Origin ?? RequestOrigin.Current;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (reservation is null || !reservation.TryEnd())
                TakePlaces(jobs.Count, origin);
            var lane = LaneOf(jobs, origin);
            var request = new WaitingRequest(origin, jobs.OrderByDescending(job => job.Length));
            lanes[(int)lane].AddLast(request);
            foreach (var job in jobs)
            {
                job.Lane = lane;
                job.AdmittedAt = clock.GetTimestamp();
                lanes[(int)lane].Add(cost.Of(job), 1);
            }

            Monitor.PulseAll(gate);
            return request;
        }
    }

    /// <summary>Drops what still waits of a request whose caller has gone.</summary>
    public void Forget(WaitingRequest request)
    {
        lock (gate)
        {
            var lane = request.Lane!;
            foreach (var job in request.Jobs)
                lane.Add(cost.Of(job), -1);
            places.Add(request.Origin, -request.Jobs.Count);
            request.Jobs.Clear();
            lane.Remove(request);
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
        var waiting = lanes[(int)room.Lane];
        if (waiting.Count == 0 || room.Free == 0 || (room.IsNearlyFull && waiting.Cost > room.Free) || waiting.Cost <= RoomOfLesser(room))
            return [];
        lock (gate)
            return Take(room, waiting.Cost - RoomOfLesser(room));
    }

    /// <summary>One of each caller and of each of its requests in turn, until there is no room for the next. Under the lock.</summary>
    /// <remarks>
    /// A job that finds no room is not passed over: a wide beam would wait for as long as small ones come. At most one job that is encoded
    /// alone is taken, as the last, because encoding several in a row saves nothing and lets all live rows wait for their next step.
    /// Those that are left may be cancelled or go to another worker until then.
    /// </remarks>
    /// <param name="room">What there is room for.</param>
    /// <param name="most">The greatest cost to take, the rest being left to others.</param>
    public IReadOnlyList<Job> Take(Room room, int most)
    {
        var waiting = lanes[(int)room.Lane];
        List<Job>? taken = null;
        while (most > 0 && waiting.First is { } request)
        {
            var job = request.Jobs.Peek();
            if (!room.TryAdd(job))
                break;
            request.Jobs.Dequeue();
            waiting.Add(cost.Of(job), -1);
            places.Add(request.Origin, -1);
            waiting.Turn(request);
            most -= cost.Of(job);
            (taken ??= []).Add(job);
            if (job.IsEncodedAlone)
                break;
        }

        if (taken is not null && Taken > 0)
            throughput.Add(taken.Count);
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

    private void TakePlaces(int jobs, RequestOrigin origin)
    {
        places.Check(jobs, origin, Drain);
        if (Taken == 0)
            throughput.Resume();
        places.Add(origin, jobs);
    }

    private Lane LaneOf(IReadOnlyList<Job> jobs, RequestOrigin origin) =>
        origin.Priority == RequestPriority.Bulk ? Lane.Bulk
        : jobs.Count > 1 && jobs.Sum(cost.Of) > cost.Most ? Lane.Large
        : Lane.Small;

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
        foreach (var ofWorker in rooms)
        {
            var other = ofWorker[(int)room.Lane];
            if (!other.Refused)
                rest += Math.Max(room.Load.Before(room.Lane) - other.Load.Before(room.Lane), 0);
        }

        return rest;
    }
}
