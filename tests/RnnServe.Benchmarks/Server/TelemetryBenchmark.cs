using System.CommandLine;
using RnnServe.Inference.Kinds;

namespace RnnServe.Benchmarks;

/// <summary>telemetry: the server with its telemetry switched off beside the server as it is, scraped every second, in one run, taking
/// turns.</summary>
internal static class TelemetryBenchmark
{
    private const int Callers = 64, Alone = 1;

    /// <summary>What must be left of the rate: telemetry may cost 3 %.</summary>
    private const double Least = 0.97;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var (beam, rounds, seconds) = (CommonOptions.Beam(5), CommonOptions.Rounds(9), CommonOptions.Seconds(5));
        var command = new Command("telemetry", "The server without telemetry beside the server as it is; exit code 1 when it costs more than 3 %.")
        {
            CommonOptions.Bundle, CommonOptions.Texts, beam, rounds, seconds, CommonOptions.Take, CommonOptions.Output,
        };
        command.SetAction((arguments, stop) =>
        {
            var bundle = BundleReader.Load(arguments.GetRequiredValue(CommonOptions.Bundle).FullName);
            var run = new EngineRun(Report.Start("telemetry", bundle.Manifest.Name, arguments), bundle, arguments.Sentences())
            {
                Beam = arguments.GetValue(beam),
                Rounds = arguments.GetValue(rounds),
                Seconds = arguments.GetValue(seconds),
            };
            return RunAsync(run, stop);
        });
        return command;
    }

    /// <returns>The exit code.</returns>
    private static async Task<int> RunAsync(EngineRun run, CancellationToken stop)
    {
        run.Report.Say($"Single sentences over HTTP, beam {run.Beam}: *off* is a server with `Telemetry:Prometheus` false, *on* one as it is "
            + $"by default whose metrics are read every second. Medians (least to greatest) of {run.Rounds} rounds of {run.Seconds} s in which "
            + $"both take turns, the first one by turns too; *left*: of the rate or, of one connection, of the speed, at least {Least:P0}.");
        using var off = await StartAsync(run, "--Telemetry:Prometheus", "false");
        using var on = await StartAsync(run);
        run.Report.Header("connections", "off, texts/s", "on, texts/s", "left");
        bool good = true;
        foreach (int callers in (int[])[Callers, Alone])
            good &= await CompareAsync(run, callers, off, on, stop);
        run.Report.Save();
        return good ? 0 : 1;
    }

    private static Task<ServerProcess> StartAsync(EngineRun run, params string[] settings) => ServerProcess.StartAsync(
        Path.GetFullPath("../..", run.Bundle.Folder), ["--Models:Only", run.Bundle.Manifest.Name, .. settings]);

    private static async Task<bool> CompareAsync(EngineRun run, int callers, ServerProcess off, ServerProcess on, CancellationToken stop)
    {
        ServerProcess[] servers = [off, on];
        var rates = servers.ToDictionary(server => server, _ => new List<double>());
        // A first round does not count: new servers compile their code while they answer.
        for (int round = -1; round < run.Rounds; round++)
        {
            foreach (var server in round % 2 == 0 ? servers : Enumerable.Reverse(servers))
            {
                double rate = await RateAsync(run, callers, server, isScraped: server == on, stop);
                if (round >= 0)
                    rates[server].Add(rate);
            }
        }

        var left = rates[off].Zip(rates[on], (without, with) => with / without).ToList();
        run.Report.Row(
            $"{callers}", Measured.Spread(rates[off], 1), Measured.Spread(rates[on], 1), Measured.Spread(left, 3));
        return Measured.Median(left) >= Least;
    }

    private static async Task<double> RateAsync(EngineRun run, int callers, ServerProcess server, bool isScraped, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var scraping = isScraped ? ScrapeAsync(server.Client, over.Token) : Task.CompletedTask;
        var result = await run.Load(ServerBenchmark.Requests(run, server, 1).AskAsync).ClosedAsync(callers, stop);
        await over.CancelAsync();
        await scraping;
        return result.Rate;
    }

    private static async Task ScrapeAsync(HttpClient client, CancellationToken over)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(over))
                await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }
}
