namespace RnnServe.Inference.Scheduling;

/// <summary>A thread that runs the jobs of all models: takes newcomers between steps and gives its models equal time.</summary>
/// <remarks>
/// The model that has had the least time steps next, so that a lone request of one model does not wait behind the thousand of another.
/// Nothing in the loop is shared but the queues, whose lock is only taken when jobs wait.
/// </remarks>
internal sealed class Worker
{
    private readonly WorkerPool pool;
    private readonly List<Share> shares = [];
    private readonly WarmBatches warm = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Worker(WorkerPool pool) => this.pool = pool;

    /// <summary>What everything costs that it runs.</summary>
    public WorkerLoad Load { get; } = new();

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

        if (jobs == 0)
        {
            if (!pool.WaitAndTake(this, shares))
                return false;
        }
        else
        {
            pool.Adopt(this, shares);
            foreach (var share in shares)
                share.TakeMore();
        }

        if (shares.Exists(static share => share.IsOver))
            Close();
        Next()?.Step(warm);
        return true;
    }

    /// <summary>The share with jobs that has had the least time. A share that was idle gets no extra time for that.</summary>
    private Share? Next()
    {
        Share? next = null;
        foreach (var share in shares)
        {
            if (share.Jobs > 0 && (next is null || share.Served < next.Served))
                next = share;
        }

        if (next is null)
            return null;
        foreach (var share in shares)
        {
            if (share.Jobs == 0 && share.Served < next.Served)
                share.Served = next.Served;
        }

        return next;
    }

    private void Close()
    {
        foreach (var share in shares.Where(share => share.IsOver))
            share.Close();
        shares.RemoveAll(static share => share.IsOver);
    }
}
