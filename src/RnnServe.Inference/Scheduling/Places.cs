namespace RnnServe.Inference.Scheduling;

/// <summary>The places of a queue, and whose they are: of jobs that wait, and of those that are on their way to it. Changed under the
/// queue's lock; the number is read without.</summary>
/// <param name="most">How many there are.</param>
internal sealed class Places(int most)
{
    /// <summary>All that is bulk counts as one caller's; no caller has this name.</summary>
    private const string Bulk = "\0bulk";

    private readonly Dictionary<string, int> byHolder = [];
    private volatile int taken;

    /// <summary>Those that are taken.</summary>
    public int Taken => taken;

    /// <summary>Takes places, or gives back as many as the number is below zero.</summary>
    public void Add(RequestOrigin origin, int jobs)
    {
        taken += jobs;
        string holder = HolderOf(origin);
        int left = byHolder.GetValueOrDefault(holder) + jobs;
        if (left == 0)
            byHolder.Remove(holder);
        else
            byHolder[holder] = left;
    }

    /// <summary>One caller, and all that is bulk, may have half of the places, and no more than it leaves free (Choudhury and Hahne 1998,
    /// "Dynamic queue length thresholds"): others find some whatever it sends.</summary>
    /// <param name="jobs">How many are wanted.</param>
    /// <param name="origin">By whom.</param>
    /// <param name="drain">How long what waits takes.</param>
    /// <exception cref="QueueFullException">There are not as many.</exception>
    public void Check(int jobs, RequestOrigin origin, Func<TimeSpan> drain)
    {
        int free = most - taken;
        if (jobs > free)
            throw new QueueFullException(taken, jobs, most) { Most = origin.LeavesPlaces ? most / 2 : most, Drain = drain() };
        if (!origin.LeavesPlaces)
            return;
        int own = byHolder.GetValueOrDefault(HolderOf(origin));
        if (own + jobs > free - jobs)
            throw new QueueFullException(own, jobs, (own + free) / 2) { Most = most / 2, IsShare = true, Drain = drain() };
    }

    private static string HolderOf(RequestOrigin origin) => origin.Priority == RequestPriority.Bulk ? Bulk : origin.Caller;
}

/// <summary>Places of jobs that will wait once they are read; given back by disposing it, unless they were admitted.</summary>
internal sealed class Reservation(RequestQueue queue, RequestOrigin origin, int jobs) : IDisposable
{
    private int over;

    public RequestOrigin Origin => origin;

    public int Jobs => jobs;

    /// <summary>Ends it, once: who does has the places.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref over, 1) == 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (TryEnd())
            queue.GiveBack(this);
    }
}
