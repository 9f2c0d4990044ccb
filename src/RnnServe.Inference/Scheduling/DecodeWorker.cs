using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>A thread that owns batches: takes newcomers between steps and steps its batches in turn.</summary>
/// <remarks>
/// Sentences of small requests and those of large ones are in batches apart, which share the worker's time while there are both: after a step of
/// the large, the small take as many steps as last three times as long. A step of a full worker takes as long as a lone sentence from its
/// first token to its last; in one batch with it, that sentence would take ten times as long. Nothing in the loop is shared
/// but the queue, whose lock is only taken when sentences wait.
/// </remarks>
internal sealed class DecodeWorker
{
    /// <summary>
    /// How many times as long as a step of the large the small take steps after it. A small request takes a third longer than alone with 3,
    /// twice as long with 1, and waits besides for the step that runs when it comes.
    /// </summary>
    private const double SmallShare = 3;

    private readonly DecodeQueue queue;
    private readonly WorkerLane small;
    private readonly WorkerLane large;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan owed;

    /// <summary>Starts the thread.</summary>
    public DecodeWorker(string name, DecodeQueue queue, RowLimit limit, Func<IDecoder> createDecoder, TimeProvider clock)
    {
        this.queue = queue;
        small = new(limit, large: false, createDecoder, clock);
        large = new(limit, large: true, createDecoder, clock);
        queue.Join(small.Rows, large.Rows);
        new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Completes when the queue is closed and the last sentence is handed out.</summary>
    public Task Stopped => stopped.Task;

    private void Run()
    {
        while (Turn())
        {
        }

        small.Close();
        large.Close();
        stopped.SetResult();
    }

    /// <returns>False once there is nothing to do and never will be.</returns>
    private bool Turn()
    {
        small.Refresh();
        large.Refresh();

        // Newcomers start in the turn that takes them: an idle worker forgives what was owed when the last ones left.
        bool largeIsDue = true;
        if (small.Sentences + large.Sentences > 0)
        {
            Add(queue.TakeMore(small.Rows));
            largeIsDue = small.Sentences == 0 || owed <= TimeSpan.Zero;
            if (largeIsDue)
                Add(queue.TakeMore(large.Rows));
        }
        else
        {
            var newcomers = queue.WaitAndTake(small.Rows, large.Rows);
            if (newcomers.Count == 0)
                return false;
            Add(newcomers);
        }

        owed -= small.Step();
        if (largeIsDue)
            owed = SmallShare * large.Step();
        return true;
    }

    private void Add(IReadOnlyList<DecodeJob> newcomers)
    {
        foreach (var job in newcomers)
            (job.OfLargeRequest ? large : small).Add(job);
    }
}
