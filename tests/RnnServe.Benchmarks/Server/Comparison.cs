namespace RnnServe.Benchmarks;

/// <summary>The engine in this process, the server, and a server that works as a plain loop does: the same sentences, taking turns.</summary>
internal static class Comparison
{
    private const int Callers = 64, PerRequest = 64, ArrayCallers = 4;

    /// <returns>Single sentences that the server answers in a second.</returns>
    public static async Task<double> MeasureAsync(EngineRun run, string precision, ServerProcess server, CancellationToken stop)
    {
        using var loop = await ServerBenchmark.StartAsync(run, precision, "--Batching:Workers", "1", "--Batching:MaxRows", "1");
        await using var engine = await run.LoadAsync(precision, Strategy.Usual);
        var arrays = TextRequests.Of(run.Sentences, PerRequest);
        Ask http = ServerBenchmark.Requests(run, server, 1).AskAsync, httpArrays = ServerBenchmark.Requests(run, server, PerRequest).AskAsync;
        Case[] cases =
        [
            new($"in this process, {Callers} callers", engine.Ask(run.Singles), Callers, 1, 0),
            new($"HTTP, {Callers} connections", http, Callers, 1, 0),
            new("HTTP, as many, plain loop: one worker, one sentence at a time", ServerBenchmark.Requests(run, loop, 1).AskAsync, Callers, 1, 0),
            new($"in this process, arrays of {PerRequest}, {ArrayCallers} callers", engine.Ask(arrays), ArrayCallers, PerRequest, 3),
            new($"HTTP, arrays of {PerRequest}, as many connections", httpArrays, ArrayCallers, PerRequest, 3),
            new("in this process, one caller", engine.Ask(run.Singles), 1, 1, 5),
            new("HTTP, one connection", http, 1, 1, 5),
        ];
        var results = cases.Select(_ => new List<LoadResult>()).ToArray();
        // A first round does not count: new servers compile their code while they answer.
        for (int round = -1; round < run.Rounds; round++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                var result = await run.Load(cases[i].Ask).ClosedAsync(cases[i].Callers, stop);
                if (round >= 0)
                    results[i].Add(result);
            }
        }

        run.Report.Section("HTTP beside the engine in this process");
        run.Report.Header("what", "texts/s", "p50", "p95", "p99", "texts/s, to in this process", "p50, to in this process");
        for (int i = 0; i < cases.Length; i++)
            Row(run.Report, cases[i], results[i], results[cases[i].Base]);
        return Measured.Median(results[1].Select(r => r.Rate));
    }

    private static void Row(Report report, Case what, List<LoadResult> results, List<LoadResult> compared) => report.Row(
        what.Name,
        Measured.Spread(results.Select(r => r.Rate * what.PerRequest)),
        Measured.TimeCells(results),
        $"{Measured.Median(results.Zip(compared, (r, c) => r.Rate / c.Rate)):P0}",
        $"{Measured.Median(results.Zip(compared, (r, c) => r.Percentile(0.5) / c.Percentile(0.5))):F2}");

    /// <summary>A row of the table.</summary>
    /// <param name="Name">What is measured.</param>
    /// <param name="Ask">Sends a request.</param>
    /// <param name="Callers">Who send the next one when they have their answer.</param>
    /// <param name="PerRequest">Texts in a request.</param>
    /// <param name="Base">Index of the case that it is compared with.</param>
    private sealed record Case(string Name, Ask Ask, int Callers, int PerRequest, int Base);
}
