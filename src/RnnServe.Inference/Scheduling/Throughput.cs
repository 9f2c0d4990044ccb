namespace RnnServe.Inference.Scheduling;

/// <summary>How many jobs a queue gets rid of per second while some wait, as an average in which older ones count less and less.</summary>
/// <remarks>Time in which nothing waits does not count, nor do the jobs that end such a time: they say nothing about how fast the next ones
/// go.</remarks>
internal sealed class Throughput(TimeProvider clock)
{
    private const double Seconds = 3;

    private double jobsPerSecond;
    private double seen;
    private long at;

    /// <summary>Says that the first job begins to wait.</summary>
    public void Resume() => at = clock.GetTimestamp();

    /// <summary>Counts jobs that go through now while others wait.</summary>
    public void Add(int jobs)
    {
        Decay();
        jobsPerSecond += jobs / Seconds;
    }

    /// <summary>Jobs per second at present; 0 before the first.</summary>
    public double PerSecond()
    {
        Decay();

        // What the average has not seen yet counts as what it has.
        return seen > 0 ? jobsPerSecond / (1 - Math.Exp(-seen / Seconds)) : 0;
    }

    private void Decay()
    {
        double passed = clock.GetElapsedTime(at).TotalSeconds;
        at = clock.GetTimestamp();
        seen += passed;
        jobsPerSecond *= Math.Exp(-passed / Seconds);
    }
}
