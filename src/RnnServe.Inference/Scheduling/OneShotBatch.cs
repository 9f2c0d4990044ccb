namespace RnnServe.Inference.Scheduling;

/// <summary>Runs the whole of jobs at once. It belongs to one worker's thread.</summary>
internal interface IRunner<T> : IDisposable where T : Job
{
    /// <summary>Gives each job its output, which does not depend on the others.</summary>
    void Run(IReadOnlyList<T> jobs);
}

/// <summary>Jobs that are over after one run of a graph: no state is carried from step to step.</summary>
internal sealed class OneShotBatch<T>(Func<IRunner<T>> createRunner, TimeProvider clock) : IBatch where T : Job
{
    private readonly List<T> jobs = [];
    private IRunner<T>? runner;

    public int Jobs => jobs.Count;

    public int Width => jobs.Count == 0 ? 0 : 1;

    public bool IsWarm => runner is not null;

    public void Add(Job job)
    {
        job.TakenAt = clock.GetTimestamp();
        jobs.Add((T)job);
    }

    public void DropGone() => jobs.RemoveAll(static job => job.IsOver);

    public void Step()
    {
        if (jobs.Count == 0)
            return;
        runner ??= createRunner();
        foreach (var run in EncoderRuns.Of(jobs))
        {
            runner.Run(run);
            long encoded = clock.GetTimestamp();
            foreach (var job in run)
            {
                job.EncodedAt = encoded;
                job.Complete(clock);
            }
        }

        jobs.Clear();
    }

    public void FailAll(Exception error)
    {
        foreach (var job in jobs)
            job.Fail(error);
        jobs.Clear();
        Release();
    }

    public void Release()
    {
        runner?.Dispose();
        runner = null;
    }
}
