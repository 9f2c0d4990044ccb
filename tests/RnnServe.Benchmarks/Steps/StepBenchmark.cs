using System.CommandLine;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Search;
using RnnServe.Training.Drawings;

namespace RnnServe.Benchmarks;

/// <summary>
/// step: time of a decoder's step by its rows, in each precision that a bundle has, beside that of its products alone and of ranking its logits.
/// </summary>
internal static class StepBenchmark
{
    private const int Beam = 5;

    private static readonly int[] Sentences = [1, 2, 3, 6, 8, 13, 16, 26, 51];

    public static Command Create()
    {
        var rounds = CommonOptions.Rounds(9);
        var command = new Command(
            "step", "A decoder's step by rows, in each precision of a bundle, beside its matrix products alone and the ranking of its logits.")
        {
            CommonOptions.Bundle, rounds, CommonOptions.Output,
        };
        command.SetAction(arguments => Run(arguments, arguments.GetValue(rounds)));
        return command;
    }

    private static void Run(ParseResult arguments, int rounds)
    {
        var bundle = BundleReader.Load(arguments.GetRequiredValue(CommonOptions.Bundle).FullName);
        StepTimer[] timers = [.. PrecisionSet.Names.Where(name => bundle.Manifest.Graphs.Of(name) is not null)
            .Select(precision => new StepTimer(ModelSessions.Load(bundle, precision: precision)))];
        var report = Report.Start("step", bundle.Manifest.Name, arguments);
        report.Say($"Microseconds a step on one thread, {StepSources.Describe(bundle.Manifest)}, {Beam} rows a sentence: "
            + $"median (least to greatest) of {rounds} rounds of {StepTimer.StepsPerRound} steps, all columns taking turns. *Bare* "
            + $"is the step's products with weight matrices and nothing else, the same weights in the same precision: "
            + $"{string.Join(", ", timers[0].Products.Shapes)}; "
            + $"{timers[0].Products.OperationsPerRow / 1e6:F1} million operations a row. "
            + $"*Ranking* finds the tokens that the search wants of each row of {timers[^1].Precision} logits, and ln of the sum of exp.");
        var points = Table(report, timers, rounds);
        report.Picture("rows", new Chart(
            $"{bundle.Manifest.Name}: a step's time per row",
            "rows",
            "microseconds a row",
            [.. points.Select(curve => new Curve(curve.Key, curve.Value))])
        { LogX = true, LogY = true, Marks = true });
        report.Save();
        foreach (var timer in timers)
            timer.Dispose();
    }

    private static Dictionary<string, List<(double Rows, double Time)>> Table(Report report, StepTimer[] timers, int rounds)
    {
        var points = timers.SelectMany(t => new[] { t.Precision, t.Precision + " bare" })
            .ToDictionary(name => name, _ => new List<(double, double)>());
        report.Header([
            "rows", .. timers.SelectMany(t => new[] { t.Precision, $"{t.Precision} bare", "bare / step", "GFLOP/s of the step" }),
            .. timers.Skip(1).Select(t => $"{t.Precision} / {timers[0].Precision}"), "ranking",
        ]);
        foreach (int sentences in Sentences)
        {
            foreach (var timer in timers)
                timer.Prepare(sentences, Beam);
            // Columns take turns, so that what disturbs one disturbs all.
            var times = new (double Step, double Bare)[rounds][];
            double[] rankings = new double[rounds];
            for (int round = 0; round < rounds; round++)
                (times[round], rankings[round]) = ([.. timers.Select(timer => (timer.Step(), timer.Bare()))], timers[^1].Ranking());

            int rows = sentences * Beam;
            List<string> cells = [$"{rows}"];
            for (int i = 0; i < timers.Length; i++)
            {
                double[] steps = [.. times.Select(round => round[i].Step)], bare = [.. times.Select(round => round[i].Bare)];
                double median = Measured.Median(steps);
                points[timers[i].Precision].Add((rows, median / rows));
                points[timers[i].Precision + " bare"].Add((rows, Measured.Median(bare) / rows));
                cells.AddRange([
                    Measured.Spread(steps), Measured.Spread(bare), $"{Measured.Median(bare) / median:P0}",
                    $"{timers[i].Products.OperationsPerRow * rows / median / 1e3:F0}"]);
            }

            var ratios = Enumerable.Range(1, timers.Length - 1).Select(
                i => Measured.Median(times.Select(round => round[i].Step / round[0].Step)));
            report.Row([.. cells, .. ratios.Select(ratio => $"{ratio:F2}"), Measured.Spread(rankings)]);
        }

        return points;
    }
}
