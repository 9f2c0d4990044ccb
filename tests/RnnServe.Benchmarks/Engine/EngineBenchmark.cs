using System.CommandLine;
using RnnServe.Inference.Kinds;

namespace RnnServe.Benchmarks;

/// <summary>engine: translations in this process, by strategy, callers, arrivals, and where the workers' time goes.</summary>
internal static class EngineBenchmark
{
    public static Command Create()
    {
        var (beam, rounds, seconds) = (CommonOptions.Beam(5), CommonOptions.Rounds(3), CommonOptions.Seconds(4));
        var queue = new Option<int>("--queue")
        {
            Description = "Sentences that may wait while arrivals are measured; more are refused.",
            DefaultValueFactory = _ => 128,
        };
        var callers = new Option<int[]>("--callers")
        {
            Description = "Numbers of callers, rising; the last is to keep every worker busy.",
            DefaultValueFactory = _ => [1, 4, 16, 64, 256],
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("engine", "Translations in this process: strategies, callers, arrivals, and the workers' time.")
        {
            CommonOptions.Bundle, CommonOptions.Texts, beam, callers, rounds, seconds, queue, CommonOptions.Take, CommonOptions.Output,
        };
        command.SetAction((arguments, stop) =>
        {
            var bundle = BundleReader.Load(arguments.GetRequiredValue(CommonOptions.Bundle).FullName);
            var run = new EngineRun(Report.Start("engine", bundle.Manifest.Name, arguments), bundle, arguments.Sentences())
            {
                Beam = arguments.GetValue(beam),
                Callers = arguments.GetRequiredValue(callers),
                Rounds = arguments.GetValue(rounds),
                Seconds = arguments.GetValue(seconds),
            };
            return RunAsync(run, arguments.GetValue(queue), stop);
        });
        return command;
    }

    private static async Task RunAsync(EngineRun run, int queue, CancellationToken stop)
    {
        run.Report.Say($"{run.Sentences.Length} sentences, over and over, beam {run.Beam}. Each measurement lasts {run.Seconds} s after a "
            + $"warm-up of at most a second; medians of {run.Rounds} rounds in which everything takes turns, in brackets the least and the greatest. "
            + "Who asks shares the cores with what answers.");
        int pool = await Pools.MeasureAsync(run, stop);
        var best = Strategy.Continuous(pool);
        var rates = await Callers.MeasureAsync(run, best, stop);
        await Arrivals.MeasureAsync(run, best, rates, queue, stop);
        await LoneSentence.MeasureAsync(run, best, stop);
        await BesideOthers.MeasureAsync(run, best, stop);
        await WorkerProfile.MeasureAsync(run, best);
        run.Report.Save();
    }
}
