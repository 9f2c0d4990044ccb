namespace RnnServe.Inference.Scheduling;

/// <summary>A model's share of a worker: its queue, and what the worker runs of it. It belongs to the worker's thread.</summary>
/// <remarks>
/// Small and large requests have separate batches. While there are both, they share the worker's time: after a step of the large, the small
/// take steps for three times as long. They are separate because a step of a full worker takes as long as a lone sentence from its first
/// token to its last: in one batch with the large, that sentence would take ten times as long. Bulk takes newcomers and steps only where
/// there is nothing else; what comes then waits for one step at most.
/// </remarks>
internal sealed class Share
{
    /// <summary>
    /// After a step of the large requests, the small ones take steps for this many times as long. With 3, a small request takes a third
    /// longer than alone; with 1, twice as long. Besides, it waits for the step that runs when it comes.
    /// </summary>
    private const double SmallShare = 3;

    private readonly RequestQueue queue;
    private readonly Batches small;
    private readonly Batches large;
    private readonly Batches bulk;
    private TimeSpan owed;
    private bool largeIsDue = true;

    public Share(RequestQueue queue, Worker worker, Func<IBatch> createBatch, TimeProvider clock)
    {
        this.queue = queue;
        small = Batches(Lane.Small);
        large = Batches(Lane.Large);
        bulk = Batches(Lane.Bulk);
        queue.Join(small.Room, large.Room, bulk.Room);

        Batches Batches(Lane lane) => new(new(queue.Cost, lane, worker.Load), worker.Warm, createBatch, clock);
    }

    /// <summary>Jobs that are run now or with the next step.</summary>
    public int Jobs => Interactive + bulk.Jobs;

    /// <summary>Whether there is something to do that goes before all that is bulk.</summary>
    public bool HasInteractive => Interactive > 0 || queue.CountOfInteractive > 0;

    /// <summary>Time that the model has had, on the worker's account.</summary>
    public TimeSpan Served { get; set; }

    /// <summary>Whether there is nothing to do and never will be.</summary>
    public bool IsOver => queue.IsDrained && Jobs == 0;

    private int Interactive => small.Jobs + large.Jobs;

    /// <summary>Drops the jobs whose callers have gone, and counts the others.</summary>
    public void Refresh()
    {
        if (Jobs == 0)
            return;
        small.Refresh();
        large.Refresh();
        bulk.Refresh();
    }

    /// <summary>Takes newcomers in between two steps, bulk not among them.</summary>
    /// <returns>Whether there are such jobs now, new or old.</returns>
    public bool TryTakeMore()
    {
        // A share without jobs owes no time: its newcomers start in the turn that takes them.
        if (Interactive == 0)
            owed = TimeSpan.Zero;
        Add(queue.TakeMore(small.Room));
        largeIsDue = small.Jobs == 0 || owed <= TimeSpan.Zero;
        if (largeIsDue)
            Add(queue.TakeMore(large.Room));
        return Interactive > 0;
    }

    /// <summary>Takes newcomers that are bulk in between two steps.</summary>
    /// <returns>Whether there are such jobs now, new or old.</returns>
    public bool TryTakeMoreBulk()
    {
        Add(queue.TakeMore(bulk.Room));
        return bulk.Jobs > 0;
    }

    /// <summary>Takes newcomers for a worker without any job. Under the pool's lock.</summary>
    /// <param name="ofSmall">Cost of small requests after which the rest is left to others.</param>
    /// <param name="ofLarge">Likewise of large ones.</param>
    /// <returns>Whether there are jobs now.</returns>
    public bool TryTake(int ofSmall, int ofLarge)
    {
        largeIsDue = true;
        Add(queue.Take(small.Room, ofSmall));
        Add(queue.Take(large.Room, ofLarge));
        return Interactive > 0;
    }

    /// <summary>Takes newcomers that are bulk for a worker without any job. Under the pool's lock.</summary>
    /// <param name="most">Their cost after which the rest is left to others.</param>
    /// <returns>Whether there are jobs now.</returns>
    public bool TryTakeBulk(int most)
    {
        Add(queue.Take(bulk.Room, most));
        return bulk.Jobs > 0;
    }

    /// <summary>One step of the small requests' batches, and of the large ones' where their turn has come; bulk steps alone.</summary>
    public void Step()
    {
        if (Interactive == 0)
        {
            Served += bulk.Step();
            return;
        }

        var took = small.Step();
        owed -= took;
        Served += took;
        if (!largeIsDue)
            return;
        took = large.Step();
        owed = SmallShare * took;
        Served += took;
    }

    /// <summary>Gives back all memory, on the worker's thread, after which the share is not used any more.</summary>
    public void Close()
    {
        small.Close();
        large.Close();
        bulk.Close();
        queue.Leave();
    }

    private void Add(IReadOnlyList<Job> newcomers)
    {
        foreach (var job in newcomers)
            Of(job.Lane).Add(job);
    }

    private Batches Of(Lane lane) => lane switch
    {
        Lane.Small => small,
        Lane.Large => large,
        _ => bulk,
    };
}
