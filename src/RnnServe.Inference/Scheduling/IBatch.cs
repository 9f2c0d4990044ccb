namespace RnnServe.Inference.Scheduling;

/// <summary>Jobs of one class that a worker runs together. It belongs to the worker's thread.</summary>
internal interface IBatch
{
    /// <summary>Jobs that are run now or with the next step.</summary>
    int Jobs { get; }

    /// <summary>Rows of each of them; 0 without any.</summary>
    int Width { get; }

    /// <summary>Whether it holds memory for the next jobs.</summary>
    bool IsWarm { get; }

    /// <summary>Gives the batch a job, which begins with the next step.</summary>
    void Add(Job job);

    /// <summary>Drops the jobs whose callers have gone. To be called before newcomers are added.</summary>
    void DropGone();

    /// <summary>Takes one step and hands out what is over. Without jobs it does nothing.</summary>
    void Step();

    /// <summary>Fails all jobs; the next ones find everything new.</summary>
    void FailAll(Exception error);

    /// <summary>Gives back the memory that waits for the next jobs. Only without jobs.</summary>
    void Release();
}

/// <summary>Which jobs are encoded in one run.</summary>
internal static class EncoderRuns
{
    /// <summary>The longest first; those of half its length or less are encoded in another run, as encoding takes time for every
    /// position, those of the padding included.</summary>
    public static IEnumerable<List<T>> Of<T>(IReadOnlyCollection<T> jobs) where T : Job
    {
        var run = new List<T>(jobs.Count);
        foreach (var job in jobs.OrderByDescending(job => job.Length))
        {
            if (run.Count > 0 && 2 * job.Length <= run[0].Length)
            {
                yield return run;
                run = new List<T>(jobs.Count);
            }

            run.Add(job);
        }

        yield return run;
    }
}
