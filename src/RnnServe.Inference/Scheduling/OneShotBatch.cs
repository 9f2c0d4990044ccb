using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>Runs the whole of jobs at once. It belongs to one worker's thread.</summary>
internal interface IRunner<T> : IDisposable where T : Job
{
    /// <summary>Gives each job its output, which does not depend on the others.</summary>
    void Run(IReadOnlyList<T> jobs);
}

/// <summary>Jobs that are over after one run of a graph: no state is carried from step to step.</summary>
/// <param name="createRunner">Makes what runs them, on the worker's thread.</param>
/// <param name="clock">Measures times.</param>
/// <param name="meter">Told what is measured; null: nobody is.</param>
internal sealed class OneShotBatch<T>(Func<IRunner<T>> createRunner, TimeProvider clock, ModelMeter? meter = null) : IBatch
    where T : Job
{
    private readonly List<T> jobs = [];
    private IRunner<T>? runner;

    public int Jobs => jobs.Count;

    public int Width => jobs.Count == 0 ? 0 : 1;

    public bool IsWarm => runner is not null;

    public void Add(Job job)
    {
        job.TakenAt = clock.GetTimestamp();
        meter?.Took(clock.GetElapsedTime(job.AdmittedAt, job.TakenAt));
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
            long start = clock.GetTimestamp();
            runner.Run(run);
            long encoded = clock.GetTimestamp();
            meter?.Stepped(clock.GetElapsedTime(start, encoded), WorkOf(run));
            foreach (var job in run)
            {
                job.EncodedAt = encoded;
                job.Complete(clock);
                meter?.Answered(job.Length, 0);
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

    /// <param name="run">The longest is its first.</param>
    private static StepWork WorkOf(List<T> run)
    {
        long positions = (long)run.Count * run[0].Length;
        return new(run.Count, positions, positions - run.Sum(static job => (long)job.Length));
    }
}
