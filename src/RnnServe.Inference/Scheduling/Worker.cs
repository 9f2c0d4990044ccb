namespace RnnServe.Inference.Scheduling;

/// <summary>A thread that runs the jobs of all models: takes newcomers between steps and gives its models equal time.</summary>
/// <remarks>
/// The model that has had the least time steps next, so that a lone request of one model does not wait behind the thousand of another. Bulk
/// steps when no model has anything else.
/// Nothing in the loop is shared but the queues, whose lock is only taken when jobs wait.
/// </remarks>
internal sealed class Worker
{
    private readonly WorkerPool pool;
    private readonly List<Share> shares = [];
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Worker(WorkerPool pool) => this.pool = pool;

    /// <summary>What everything costs that it runs.</summary>
    public WorkerLoad Load { get; } = new();

    /// <summary>Its batches without jobs that hold memory for the next.</summary>
    public WarmBatches Warm { get; } = new();

    /// <summary>Shares of models that were added since it last looked. Under the pool's lock.</summary>
    public List<Share> Added { get; } = [];

    /// <summary>The pool's version when it last looked. Under the pool's lock.</summary>
    public int Version { get; set; }

    /// <summary>Completes when the pool is closed and the last job is handed out.</summary>
    public Task Stopped => stopped.Task;

    public void Start(string name) => new Thread(Run) { Name = name, IsBackground = true }.Start();

    private void Run()
    {
        while (Turn())
        {
        }

        stopped.SetResult();
    }

    /// <returns>False once there is nothing to do and never will be.</returns>
    private bool Turn()
    {
        int jobs = 0;
        foreach (var share in shares)
        {
            share.Refresh();
            jobs += share.Jobs;
        }

        if (jobs > 0)
        {
            pool.Adopt(this, shares);
            NextOfAll()!.Step();
        }
        else if (!pool.WaitAndTake(this, shares))
        {
            return false;
        }
        else
        {
            shares.Find(static share => share.Jobs > 0)?.Step();
        }

        CloseThoseOver();
        return true;
    }

    private Share? NextOfAll() =>
        (shares.Exists(static share => share.HasInteractive) ? Next(shares, static share => share.TryTakeMore()) : null)
        ?? Next(shares, static share => share.TryTakeMoreBulk());

    /// <summary>Lets the shares take newcomers until one has jobs, the one with the least time first; that one steps next.</summary>
    /// <remarks>
    /// Only the share that steps next takes newcomers: those of a batch that never stepped could not be dropped again. Shares without
    /// anything to do get no extra time for that later.
    /// </remarks>
    /// <param name="shares">All of a worker.</param>
    /// <param name="take">Lets a share take newcomers; true when it has jobs then.</param>
    /// <returns>Null when there is nothing to do.</returns>
    public static Share? Next(List<Share> shares, Predicate<Share> take)
    {
        shares.Sort(static (a, b) => a.Served.CompareTo(b.Served));
        int next = shares.FindIndex(take);
        int last = next < 0 ? shares.Count - 1 : next;
        for (int idle = 0; idle < last; idle++)
            shares[idle].Served = shares[last].Served;
        return next < 0 ? null : shares[next];
    }

    private void CloseThoseOver()
    {
        for (int i = shares.Count - 1; i >= 0; i--)
        {
            if (!shares[i].IsOver)
                continue;
            shares[i].Close();
            shares.RemoveAt(i);
        }
    }
}
