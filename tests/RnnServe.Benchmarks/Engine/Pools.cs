namespace RnnServe.Benchmarks;

/// <summary>Sentences a second when more callers ask than can be answered: by the size of a worker's pool and by the number of workers.</summary>
internal static class Pools
{
    private static readonly int[] Sizes = [1, 4, 8, 12, 16, 24, 32];

    /// <returns>The pool that is the fastest in the bundle's default precision.</returns>
    public static async Task<int> MeasureAsync(EngineRun run, CancellationToken stop)
    {
        run.Report.Section($"Pools and workers, {run.Callers[^1]} callers");
        var pools = await RatesAsync(run, [.. Sizes.Select(Strategy.Continuous)], stop);
        Table(run, "sentences a worker decodes at once", pools, strategy => $"{strategy.Pool}");

        string usual = run.Bundle.Manifest.Graphs.Default;
        int best = pools.MaxBy(rates => Measured.Median(rates.Value[usual])).Key.Pool;
        var workers = Enumerable.Range(1, Environment.ProcessorCount).Select(count => Strategy.Continuous(best) with { Workers = count });
        Table(run, $"workers, {best} sentences each", await RatesAsync(run, [.. workers], stop), strategy => $"{strategy.Workers}");
        return best;
    }

    private static async Task<Dictionary<Strategy, Dictionary<string, List<double>>>> RatesAsync(
        EngineRun run, Strategy[] strategies, CancellationToken stop)
    {
        var rates = strategies.ToDictionary(s => s, _ => run.Precisions.ToDictionary(p => p, _ => new List<double>()));
        for (int round = 0; round < run.Rounds; round++)
        {
            foreach (var strategy in strategies)
            {
                foreach (string precision in run.Precisions)
                {
                    await using var engine = await run.LoadAsync(precision, strategy);
                    var result = await run.Load(engine.Ask(run.Singles)).ClosedAsync(run.Callers[^1], stop);
                    rates[strategy][precision].Add(result.Rate);
                }
            }
        }

        return rates;
    }

    private static void Table(
        EngineRun run, string what, Dictionary<Strategy, Dictionary<string, List<double>>> rates, Func<Strategy, string> name)
    {
        run.Report.Header([what, .. run.Precisions.SelectMany(p => new[] { $"{p}, sentences/s", "to the first row" })]);
        var first = rates.First().Value;
        foreach (var (strategy, byPrecision) in rates)
        {
            run.Report.Row([
                name(strategy),
                .. run.Precisions.SelectMany(p => new[]
                {
                    Measured.Spread(byPrecision[p]),
                    $"{Measured.Median(byPrecision[p].Zip(first[p], (rate, least) => rate / least)):F2}",
                }),
            ]);
        }
    }
}
