using RnnServe.Training.Drawings;

namespace RnnServe.Benchmarks;

/// <summary>Rates and times by strategy and by the number of callers, each of which asks again when it has its answer.</summary>
internal static class Callers
{
    /// <returns>The greatest rate of the best strategy, by precision.</returns>
    public static async Task<Dictionary<string, double>> MeasureAsync(EngineRun run, Strategy best, CancellationToken stop)
    {
        Strategy[] strategies = [Strategy.OneAtATime, Strategy.OnePerWorker, best];
        var results = await ResultsAsync(run, strategies, stop);
        foreach (string precision in run.Precisions)
        {
            run.Report.Section($"Callers, {precision}");
            run.Report.Header("strategy", "callers", "sentences/s", "to one at a time", "p50", "p95", "p99");
            foreach (var strategy in strategies)
            {
                foreach (int callers in run.Callers)
                {
                    var plain = results[(precision, Strategy.OneAtATime, callers)];
                    Row(run.Report, strategy, callers, results[(precision, strategy, callers)], plain);
                }
            }
        }

        Picture(run, strategies, results);
        return run.Precisions.ToDictionary(p => p, p => run.Callers.Max(callers => Rate(results[(p, best, callers)])));
    }

    private static Task<Dictionary<(string, Strategy, int), List<LoadResult>>> ResultsAsync(
        EngineRun run, Strategy[] strategies, CancellationToken stop) =>
        Load.InRoundsAsync<(string, Strategy, int)>(run.Rounds, async found =>
    {
        foreach (var strategy in strategies)
        {
            foreach (string precision in run.Precisions)
            {
                await using var engine = await run.LoadAsync(precision, strategy);
                foreach (int callers in run.Callers)
                    found((precision, strategy, callers), await run.Load(engine.Ask(run.Singles)).ClosedAsync(callers, stop));
            }
        }
    });

    private static void Row(Report report, Strategy strategy, int callers, List<LoadResult> results, List<LoadResult> plain) => report.Row(
        strategy.Name,
        $"{callers}",
        Measured.Spread(results.Select(r => r.Rate)),
        $"{Measured.Median(results.Zip(plain, (r, p) => r.Rate / p.Rate)):F2}",
        Measured.TimeCells(results));

    private static void Picture(EngineRun run, Strategy[] strategies, Dictionary<(string, Strategy, int), List<LoadResult>> results)
    {
        var curves = run.Precisions.SelectMany(precision => strategies.Select(strategy => new Curve(
            $"{precision}, {strategy.Name}",
            [.. run.Callers.Select(callers => results[(precision, strategy, callers)]).Select(r => (Percentile95(r), Rate(r)))])));
        run.Report.Picture("callers", new Chart(
            $"{run.Bundle.Manifest.Name}: throughput and latency of {string.Join(", ", run.Callers)} callers",
            "95th percentile of the latency in milliseconds",
            "sentences a second",
            [.. curves])
        { LogX = true, FromZero = true, Marks = true });
    }

    private static double Rate(List<LoadResult> results) => Measured.Median(results.Select(r => r.Rate));

    private static double Percentile95(List<LoadResult> results) => Measured.Median(results.Select(r => r.Percentile(0.95)));
}
