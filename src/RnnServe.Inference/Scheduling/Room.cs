namespace RnnServe.Inference.Scheduling;

/// <summary>What a worker's batches of a model cost, and which jobs there is still room for. It belongs to the worker's thread.</summary>
/// <param name="cost">How much is too much.</param>
/// <param name="lane">Whose jobs it is for.</param>
/// <param name="load">The worker's load, which this is a part of.</param>
internal sealed class Room(Cost cost, Lane lane, WorkerLoad load)
{
    private readonly (int Jobs, int Width)[] batches = new (int, int)[Cost.Classes];
    private int used;
    private volatile bool refused;

    /// <summary>Whose jobs it is for.</summary>
    public Lane Lane => lane;

    /// <summary>Of the worker, over all models.</summary>
    public WorkerLoad Load => load;

    /// <summary>Whether there was no room for the last job, and nothing has changed since; other threads may read it.</summary>
    public bool Refused => refused;

    /// <summary>Cost that there is room for.</summary>
    public int Free => Math.Max(cost.Most - used, 0);

    /// <summary>Whether less than a quarter is free.</summary>
    public bool IsNearlyFull => Free < cost.Most / 4;

    /// <summary>Says what a batch has now.</summary>
    public void Set(int batchClass, int jobs, int width)
    {
        if (batches[batchClass] == (jobs, width))
            return;
        refused = false;
        int more = Cost.Of(batchClass, jobs, width) - Cost.Of(batchClass, batches[batchClass].Jobs, batches[batchClass].Width);
        used += more;
        load.Add(lane, more);
        batches[batchClass] = (jobs, width);
    }

    /// <summary>Takes room for a job if there is enough; the first one always finds it.</summary>
    public bool TryAdd(Job job)
    {
        int batchClass = Cost.ClassOf(job);
        var (jobs, width) = batches[batchClass];
        int wider = Math.Max(width, cost.WidthOf(job));
        refused = used > 0 && used + Cost.Of(batchClass, jobs + 1, wider) - Cost.Of(batchClass, jobs, width) > cost.Most;
        if (refused)
            return false;
        Set(batchClass, jobs + 1, wider);
        return true;
    }
}

/// <summary>What everything costs that a worker runs. Its thread writes it, others read it.</summary>
internal sealed class WorkerLoad
{
    private volatile int interactive;
    private volatile int bulk;

    /// <summary>As jobs of a lane see it: what is bulk takes no step from the others.</summary>
    public int Before(Lane lane) => lane == Lane.Bulk ? interactive + bulk : interactive;

    public void Add(Lane lane, int more)
    {
        if (lane == Lane.Bulk)
            bulk += more;
        else
            interactive += more;
    }
}
