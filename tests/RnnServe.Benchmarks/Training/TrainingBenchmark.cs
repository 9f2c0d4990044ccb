using System.CommandLine;
using System.Diagnostics;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Benchmarks;

/// <summary>training: time of a recipe's step and of its parts.</summary>
internal static class TrainingBenchmark
{
    private const int WarmUp = 3;

    public static Command Create()
    {
        var recipe = new Argument<FileInfo>("recipe") { Description = "A recipe of any kind; its data must be there." }.AcceptExistingOnly();
        var steps = new Option<int>("--steps") { Description = "Steps that are measured.", DefaultValueFactory = _ => 20 };
        var runs = new Option<DirectoryInfo?>("--runs")
        {
            Description = "Folder of your trainings, whose cached features of photos are used; without it they are computed anew.",
        };
        var command = new Command("training", "A recipe's step: forward and backward pass, optimizer, and waiting for the batch.")
        {
            recipe, steps, CommonOptions.Threads, runs, CommonOptions.Output,
        };
        command.SetAction(arguments =>
        {
            var read = RecipeFile.Load(arguments.GetRequiredValue(recipe).FullName);
            read = read with { Training = read.Training with { Threads = arguments.GetValue(CommonOptions.Threads) } };
            var parent = arguments.GetValue(runs)?.FullName ?? Path.GetTempPath();
            var folder = new RunFolder(Path.Combine(parent, $"rnnserve-benchmark-{Guid.NewGuid():N}"));
            try
            {
                var progress = new ProgressReport(Console.Error, live: false, TimeProvider.System);
                using var prepared = TrainingKinds.Train(read).Prepare(folder, resume: false, progress);
                Run(Report.Start("training", read.Name, arguments), read.Training, prepared, arguments.GetValue(steps));
            }
            finally
            {
                Directory.Delete(folder.Path, recursive: true);
            }
        });
        return command;
    }

    private static void Run(Report report, TrainingSettings settings, PreparedTraining prepared, int steps)
    {
        List<StepTimes> times = [.. Steps(settings, prepared, WarmUp + steps).Skip(WarmUp)];
        double total = Measured.Median(times.Select(t => t.Total));
        double rate = times.Sum(t => t.Units) / times.Sum(t => t.Total) * 1000;
        report.Say($"{prepared.Graph.Parameters.Length:N0} parameters, {settings.BatchSentences} sentences a batch, "
            + $"{settings.Threads} threads: {rate:N0} {prepared.Unit.Plural}/s. Milliseconds: median (least to greatest) of {steps} "
            + $"steps of a first epoch after {WarmUp}; batches differ in length.");
        report.Header("part", "ms", "share of the step");
        Row("**a step**", t => t.Total);
        Row("waiting for the batch", t => t.Waiting);
        Row("forward and backward", t => t.Passes);
        Row("clipping, Adam, average", t => t.Update);
        report.Say("The forward pass alone, without dropout, on the same batches: "
            + $"{Measured.Spread(times.Select(t => t.Forward), 1)} ms, "
            + $"{Measured.Median(times.Select(t => t.Forward / t.Passes)):P0} of forward and backward.");
        report.Save();

        void Row(string part, Func<StepTimes, double> of) => report.Row(
            part, Measured.Spread(times.Select(of), 1), $"{Measured.Median(times.Select(of)) / total:P0}");
    }

    /// <summary>Takes steps as <see cref="Trainer"/> does.</summary>
    private static IEnumerable<StepTimes> Steps(TrainingSettings settings, PreparedTraining prepared, int count)
    {
        var graph = prepared.Graph;
        using var adam = new Adam(graph.Parameters, new AdamSettings(settings.Beta1, settings.Beta2, settings.Epsilon));
        using var average = new MovingAverage(graph.Parameters, settings.EmaDecay, settings.EmaWarmUp);
        using var batches = prepared.Batches.Epoch(1, 0).GetEnumerator();
        for (int step = 1; step <= count; step++)
        {
            long start = Stopwatch.GetTimestamp();
            if (!batches.MoveNext())
                yield break;
            using var batch = batches.Current;
            double waiting = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            graph.ForwardBackward(batch, SeededRandom.SeedOf((ulong)settings.Seed, (ulong)step));
            double passes = Stopwatch.GetElapsedTime(start).TotalMilliseconds - waiting;
            adam.Step(step, settings.LearningRate, GradientClipping.Scale(GradientClipping.Norm(graph.Parameters), settings.ClipNorm));
            average.Update(step);
            double total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            graph.Loss(batch);
            double forward = Stopwatch.GetElapsedTime(start).TotalMilliseconds - total;
            yield return new(waiting, passes, total - waiting - passes, forward, batch.TargetTokens);
        }
    }

    /// <summary>Milliseconds of a step's parts and of the forward pass alone, and what the step learnt from.</summary>
    private readonly record struct StepTimes(double Waiting, double Passes, double Update, double Forward, int Units)
    {
        public double Total => Waiting + Passes + Update;
    }
}
