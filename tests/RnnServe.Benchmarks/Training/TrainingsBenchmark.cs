using System.CommandLine;
using System.Globalization;
using System.Text;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;

namespace RnnServe.Benchmarks;

/// <summary>trainings: an earlier build's trainer, this one and PyTorch on the same recipe, in one run, taking turns.</summary>
internal static class TrainingsBenchmark
{
    private static readonly Option<DirectoryInfo> Before = new Option<DirectoryInfo>("--before")
    {
        Description = "A clone of the repository at an earlier commit, built with -c Release.",
        Required = true,
    }.AcceptExistingOnly();

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Steps of each training, a multiple of ten above twenty.",
        DefaultValueFactory = _ => 60,
    };

    public static Command Create()
    {
        var recipe = new Argument<FileInfo>("recipe") { Description = "A recipe of a translator of GRUs with additive attention." }.AcceptExistingOnly();
        var rounds = CommonOptions.Rounds(3);
        var command = new Command("trainings", "Memory and steps a second of an earlier build's trainer, this one's and PyTorch's.")
        {
            recipe, Before, Steps, rounds, CommonOptions.Output,
        };
        command.SetAction((arguments, stop) => RunAsync(arguments, arguments.GetRequiredValue(recipe).FullName, arguments.GetValue(rounds), stop));
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, string recipe, int rounds, CancellationToken stop)
    {
        int steps = arguments.GetValue(Steps);
        var work = Directory.CreateTempSubdirectory("rnnserve-trainings-");
        try
        {
            string batches = Path.Combine(work.FullName, "batches.txt");
            double tokens = WriteBatches(recipe, new RunFolder(Path.Combine(work.FullName, "run")), batches, steps);
            var report = Report.Start("trainings", Path.GetFileNameWithoutExtension(recipe), arguments);
            report.Say($"{steps} steps of {tokens:N0} target tokens on average; medians (least to greatest) of {rounds} rounds in which all take turns. "
                + "PyTorch has a network of the same sizes, batches of the same shapes and all cores; a step is forward and backward pass, clipping and Adam.");
            string[] names = ["before", "now", "PyTorch"];
            var runs = names.ToDictionary(name => name, _ => new List<TrainingRun>());
            for (int round = 0; round < rounds; round++)
            {
                runs["before"].Add(await TrainingRun.StartAsync(arguments.GetRequiredValue(Before).FullName, recipe, steps, stop));
                runs["now"].Add(await TrainingRun.StartAsync(Build.This, recipe, steps, stop));
                if (Torch.Python is not null)
                    runs["PyTorch"].Add(TorchRun(batches));
            }

            Write(report, names, runs, tokens);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static void Write(Report report, string[] names, Dictionary<string, List<TrainingRun>> runs, double tokens)
    {
        report.Header("trainer", "target tokens/s", "step, ms", "peak memory, MB", "tokens/s, now to it", "memory, now to it");
        foreach (string name in names.Where(name => runs[name].Count > 0))
        {
            var (these, now) = (runs[name], runs["now"]);
            report.Row(
                name,
                Measured.Spread(these.Select(run => run.StepsPerSecond * tokens)),
                Measured.Spread(these.Select(run => 1000 / run.StepsPerSecond)),
                Measured.Spread(these.Select(run => run.PeakBytes / 1e6)),
                Measured.Spread(now.Zip(these, (ours, theirs) => ours.StepsPerSecond / theirs.StepsPerSecond), 2),
                Measured.Spread(now.Zip(these, (ours, theirs) => (double)ours.PeakBytes / theirs.PeakBytes), 2));
        }

        report.Save();
    }

    /// <summary>Writes the shapes of the training's first batches: sentences, source and target positions.</summary>
    /// <returns>Target tokens of a batch, on average.</returns>
    private static double WriteBatches(string recipe, RunFolder folder, string path, int steps)
    {
        using var prepared = TrainingKinds.Train(RecipeFile.Load(recipe))
            .Prepare(folder, resume: false, new ProgressReport(Console.Error, live: false, TimeProvider.System));
        var (text, tokens) = (new StringBuilder(), 0L);
        foreach (var batch in prepared.Batches.Epoch(1, 0).Take(steps))
        {
            Tensor source = batch.Inputs["source"], target = batch.Inputs["target_in"];
            text.AppendLine(CultureInfo.InvariantCulture, $"{source.Shape[0]} {source.Shape[1]} {target.Shape[1]}");
            tokens += batch.TargetTokens;
        }

        File.WriteAllText(path, text.ToString());
        return (double)tokens / steps;
    }

    private static TrainingRun TorchRun(string batches)
    {
        string[] said = Torch.Run("torch_training.py", batches, $"{Environment.ProcessorCount}").Trim().Split(' ');
        return new(double.Parse(said[0], CultureInfo.InvariantCulture), long.Parse(said[1], CultureInfo.InvariantCulture));
    }
}
