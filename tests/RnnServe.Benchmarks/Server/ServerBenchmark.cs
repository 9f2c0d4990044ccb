using System.CommandLine;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;

namespace RnnServe.Benchmarks;

/// <summary>server: what HTTP costs beside the engine in this process, what overload does, and what a plain loop would reach.</summary>
internal static class ServerBenchmark
{
    /// <summary>Sentences that may wait while the server is overloaded.</summary>
    private const int Queue = 128;

    public static Command Create()
    {
        var (beam, rounds, seconds) = (CommonOptions.Beam(5), CommonOptions.Rounds(3), CommonOptions.Seconds(6));
        var precision = new Option<string?>("--precision") { Description = "fp32 or int8. Default: the bundle's." };
        var command = new Command("server", "The built server beside the engine in this process and a plain loop, and overloaded.")
        {
            CommonOptions.Bundle, CommonOptions.Texts, precision, beam, rounds, seconds, CommonOptions.Take, CommonOptions.Output,
        };
        precision.AcceptOnlyFromAmong(PrecisionSet.Names);
        command.SetAction((arguments, stop) =>
        {
            var bundle = BundleReader.Load(arguments.GetRequiredValue(CommonOptions.Bundle).FullName);
            var run = new EngineRun(Report.Start("server", bundle.Manifest.Name, arguments), bundle, arguments.Sentences())
            {
                Beam = arguments.GetValue(beam),
                Rounds = arguments.GetValue(rounds),
                Seconds = arguments.GetValue(seconds),
            };
            return RunAsync(run, arguments.GetValue(precision) ?? bundle.Manifest.Graphs.Default, stop);
        });
        return command;
    }

    private static async Task RunAsync(EngineRun run, string precision, CancellationToken stop)
    {
        run.Report.Say($"{run.Sentences.Length} sentences, over and over, {precision}, beam {run.Beam}. Each measurement lasts "
            + $"{run.Seconds} s after a warm-up of at most a second; medians of {run.Rounds} rounds in which all rows take turns, "
            + "in brackets the least and the greatest. Connections are kept. Who asks shares the cores with the server.");
        double most;
        using (var server = await StartAsync(run, precision))
        {
            run.Report.Say($"The server was ready {server.StartTime.TotalSeconds:F2} s after its start.");
            most = await Comparison.MeasureAsync(run, precision, server, stop);
            run.Report.Section($"One connection with single sentences, with and without a request of {BesideOthers.Large} texts beside it");
            BesideOthers.Header(run.Report);
            var large = Requests(run, server, BesideOthers.Large);
            await BesideOthers.RowAsync(run, precision, Requests(run, server, 1).AskAsync, large.AskAsync, stop);
        }

        await OverloadAsync(run, precision, most, stop);
        run.Report.Save();
    }

    /// <summary>Single sentences or arrays of them, as requests to a server.</summary>
    public static HttpRequests Requests(EngineRun run, ServerProcess server, int perRequest) =>
        HttpRequests.Texts(server.Client, TextRequests.Of(run.Sentences, perRequest), run.Bundle.Manifest.Name, run.Beam);

    /// <summary>Starts a server over the folder that the bundle is in.</summary>
    public static Task<ServerProcess> StartAsync(EngineRun run, string precision, params string[] settings) =>
        ServerProcess.StartAsync(Path.GetFullPath("../..", run.Bundle.Folder), ["--Models:Precision", precision, .. settings]);

    private static async Task OverloadAsync(EngineRun run, string precision, double most, CancellationToken stop)
    {
        run.Report.Section($"Poisson arrivals over HTTP: shares of {most:F0} sentences/s, at most {Queue} waiting");
        Arrivals.Header(run.Report);
        using var server = await StartAsync(run, precision, "--Batching:MaxQueued", $"{Queue}");
        var requests = Requests(run, server, 1);
        await run.Load(requests.AskAsync).ClosedAsync(16, stop);
        double before = server.Megabytes;
        foreach (double share in new[] { 0.5, 1.5 })
        {
            var results = new List<LoadResult>();
            for (int round = 0; round < run.Rounds; round++)
                results.Add(await run.Load(requests.AskAsync).OpenAsync(most * share, stop));
            Arrivals.Row(run.Report, $"{share:P0}", results);
        }

        run.Report.Say($"Physical memory of the server, all models loaded: {before:F0} MB before, {server.Megabytes:F0} MB after.");
    }
}
