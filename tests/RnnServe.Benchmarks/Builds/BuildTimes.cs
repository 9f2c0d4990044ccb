namespace RnnServe.Benchmarks;

/// <summary>What was measured of two builds, round by round.</summary>
internal sealed class BuildTimes(Report report, int rounds)
{
    public const string AllAtOnce = "all sentences at once, sentences/s", Lone = "lone sentence, ms", Caption = "caption from the photo's bytes, ms",
        Memory = "physical memory after the warm-up, MB", Ready = "ready after the start, s", TrainingStep = "training step, ms";

    private readonly Dictionary<string, List<double>[]> values = new(StringComparer.Ordinal);

    /// <param name="what">One of the names above.</param>
    /// <param name="build">0: before; 1: now.</param>
    /// <param name="value">As the name says.</param>
    public void Add(string what, int build, double value)
    {
        if (!values.TryGetValue(what, out var both))
            values.Add(what, both = [new(rounds), new(rounds)]);
        both[build].Add(value);
    }

    public void Write()
    {
        report.Header("what", "before", "now", "ratio");
        foreach (var (what, both) in values)
        {
            // A rate is good when it is high, all else when it is low.
            var ratios = both[0].Zip(both[1], (before, now) => what == AllAtOnce ? now / before : before / now);
            report.Row(what, Measured.Spread(both[0], 2), Measured.Spread(both[1], 2), Measured.Spread(ratios, 3));
        }
    }
}
