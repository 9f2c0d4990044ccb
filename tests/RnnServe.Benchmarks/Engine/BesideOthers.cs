namespace RnnServe.Benchmarks;

/// <summary>What a large request of somebody else does to single sentences.</summary>
internal static class BesideOthers
{
    /// <summary>Texts of the large request.</summary>
    public const int Large = 256;

    public static async Task MeasureAsync(EngineRun run, Strategy best, CancellationToken stop)
    {
        run.Report.Section($"One caller of single sentences, with and without a request of {Large} texts beside it");
        Header(run.Report);
        foreach (string precision in run.Precisions)
        {
            await using var engine = await run.LoadAsync(precision, best);
            Ask single = engine.Ask(run.Singles), large = engine.Ask(TextRequests.Of(run.Sentences, Large));
            await RowAsync(run, precision, single, large, stop);
        }
    }

    public static void Header(Report report) =>
        report.Header("precision", "alone: p50", "p95", "p99", "beside: p50", "p95", "p99", "p95, ratio");

    /// <summary>Rounds without and with the large request, which begins anew as soon as it is answered.</summary>
    public static async Task RowAsync(EngineRun run, string precision, Ask single, Ask large, CancellationToken stop)
    {
        List<LoadResult> alone = [], beside = [];
        for (int round = 0; round < run.Rounds; round++)
        {
            alone.Add(await run.Load(single).ClosedAsync(1, stop));
            beside.Add(await Load.BesideAsync(large, () => run.Load(single).ClosedAsync(1, stop), stop));
        }

        double ratio = Measured.Median(alone.Zip(beside, (a, b) => b.Percentile(0.95) / a.Percentile(0.95)));
        run.Report.Row(precision, Measured.TimeCells(alone), Measured.TimeCells(beside), $"{ratio:F1}");
    }
}
