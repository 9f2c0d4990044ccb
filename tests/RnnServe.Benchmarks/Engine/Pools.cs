namespace RnnServe.Benchmarks;

/// <summary>Sentences a second when more callers ask than can be answered: by the size of a worker's pool and by the number of workers.</summary>
internal static class Pools
{
    private static readonly int[] Sizes = [1, 4, 8, 12, 16, 24, 32];

    /// <returns>The pool that is the fastest in the bundle's default precision.</returns>
    public static async Task<int> MeasureAsync(EngineRun run, CancellationToken stop)
    {
        run.Report.Section($"Pools and workers, {run.Callers[^1]} callers");
        Strategy[] sizes = [.. Sizes.Select(Strategy.Continuous)];
        var pools = await ResultsAsync(run, sizes, stop);
        Table(run, "sentences a worker decodes at once", sizes, pools, strategy => $"{strategy.Pool}");

        string usual = run.Bundle.Manifest.Graphs.Default;
        int best = Sizes.MaxBy(size => Measured.Median(Rates(pools, Strategy.Continuous(size), usual)));
        Strategy[] workers = [.. Enumerable.Range(1, Environment.ProcessorCount).Select(count => Strategy.Continuous(best) with { Workers = count })];
        Table(run, $"workers, {best} sentences each", workers, await ResultsAsync(run, workers, stop), strategy => $"{strategy.Workers}");
        return best;
    }

    private static Task<Dictionary<(Strategy, string), List<LoadResult>>> ResultsAsync(EngineRun run, Strategy[] strategies, CancellationToken stop) =>
        Load.InRoundsAsync<(Strategy, string)>(run.Rounds, async found =>
        {
            foreach (var strategy in strategies)
            {
                foreach (string precision in run.Precisions)
                {
                    await using var engine = await run.LoadAsync(precision, strategy);
                    found((strategy, precision), await run.Load(engine.Ask(run.Singles)).ClosedAsync(run.Callers[^1], stop));
                }
            }
        });

    private static void Table(
        EngineRun run, string what, Strategy[] strategies, Dictionary<(Strategy, string), List<LoadResult>> results, Func<Strategy, string> name)
    {
        run.Report.Header([what, .. run.Precisions.SelectMany(p => new[] { $"{p}, sentences/s", "to the first row" })]);
        foreach (var strategy in strategies)
        {
            run.Report.Row([
                name(strategy),
                .. run.Precisions.SelectMany(p => new[]
                {
                    Measured.Spread(Rates(results, strategy, p)),
                    $"{Measured.Median(Rates(results, strategy, p).Zip(Rates(results, strategies[0], p), (rate, first) => rate / first)):F2}",
                }),
            ]);
        }
    }

    private static IEnumerable<double> Rates(Dictionary<(Strategy, string), List<LoadResult>> results, Strategy strategy, string precision) =>
        results[(strategy, precision)].Select(result => result.Rate);
}
