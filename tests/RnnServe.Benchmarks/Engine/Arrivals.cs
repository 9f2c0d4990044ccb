namespace RnnServe.Benchmarks;

/// <summary>Sentences that arrive at random, whether the last ones are answered or not; above the greatest rate, some are refused.</summary>
internal static class Arrivals
{
    private static readonly double[] Shares = [0.25, 0.5, 0.75, 1, 1.5];

    /// <param name="run">The model.</param>
    /// <param name="best">How sentences share the workers.</param>
    /// <param name="rates">The greatest rates, by precision.</param>
    /// <param name="queue">Sentences that may wait.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task MeasureAsync(
        EngineRun run, Strategy best, Dictionary<string, double> rates, int queue, CancellationToken stop)
    {
        var results = await Load.InRoundsAsync<(string Precision, double Share)>(run.Rounds, async found =>
        {
            foreach (string precision in run.Precisions)
            {
                await using var engine = await run.LoadAsync(precision, best, queue);
                foreach (double share in Shares)
                    found((precision, share), await run.Load(engine.Ask(run.Singles)).OpenAsync(rates[precision] * share, stop));
            }
        });

        foreach (string precision in run.Precisions)
        {
            run.Report.Section($"Poisson arrivals, {precision}: shares of {rates[precision]:F0} sentences/s, at most {queue} waiting");
            Header(run.Report);
            foreach (double share in Shares)
                Row(run.Report, $"{share:P0}", results[(precision, share)]);
        }
    }

    public static void Header(Report report) =>
        report.Header("arrivals", "answered/s", "p50", "p95", "p99", "refused", "a refusal, p50", "p99");

    /// <summary>A row: rates, times of answers, share and times of refusals.</summary>
    public static void Row(Report report, string arrivals, List<LoadResult> results)
    {
        double[] refusals = [.. results.SelectMany(r => r.Times(Load.Refused))];
        double refused = Measured.Median(results.Select(r => (double)r.Count(Load.Refused) / (r.Count(Load.Refused) + r.Count(Load.Answered))));
        report.Row(
            arrivals,
            Measured.Spread(results.Select(r => r.Rate)),
            Measured.TimeCells(results),
            $"{refused:P1}",
            refusals.Length == 0 ? "none" : $"{Measured.Median(refusals):F2} ms",
            refusals.Length == 0 ? "none" : $"{Measured.Percentile(refusals, 0.99):F2} ms");
    }
}
