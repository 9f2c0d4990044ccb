using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using RnnServe.Inference.Onnx;
using RnnServe.Training;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds;
using RnnServe.Training.Kinds.Distil;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;

namespace RnnServe.Benchmarks;

/// <summary>distillation: images per second of a distillation, and where the time goes.</summary>
internal static class DistillationBenchmark
{
    private const int WarmUp = 3, Steps = 20, Rounds = 5, Channels = 1280;

    public static Command Create()
    {
        var path = new Argument<FileInfo>("recipe") { Description = "A recipe with the task distill." }.AcceptExistingOnly();
        var command = new Command("distillation", "Images per second of a distillation, and where a step's time goes.")
        {
            path, CommonOptions.Threads, CommonOptions.Output,
        };
        command.SetAction(arguments =>
        {
            string file = arguments.GetRequiredValue(path).FullName;
            var recipe = RecipeFile.Load(file) as DistillationRecipe ?? throw new UserException($"'{file}' does not distil.");
            var report = Report.Start("distillation", recipe.Name, arguments);
            Training(report, recipe, arguments.GetValue(CommonOptions.Threads));
            Operators(report, recipe, arguments.GetValue(CommonOptions.Threads));
            report.Save();
        });
        return command;
    }

    private static void Training(Report report, DistillationRecipe recipe, int threads)
    {
        int batchSize = recipe.Training.BatchSentences;
        var photos = new PhotoBatches(PhotoFiles.Find(recipe.Data), recipe.Augmentation, recipe.Network.Size, batchSize, long.MaxValue);
        using var teacher = new Teacher(recipe.Teacher, (recipe.Training with { Threads = threads }).Execution());
        using var graph = new LossGraph(
            training => Distillation.Build(recipe.Network, Channels, training), recipe.Training with { Threads = threads });
        using var adam = new Adam(graph.Parameters, new());
        using var average = new MovingAverage(graph.Parameters, recipe.Training.EmaDecay, recipe.Training.EmaWarmUp);

        var times = Enumerable.Range(0, 4).Select(_ => new List<double>()).ToArray();
        using var batches = photos.Epoch(1, 0).Take(WarmUp + Steps).GetEnumerator();
        for (int step = 1; step <= WarmUp + Steps; step++)
        {
            if (step == WarmUp + 1)
                Array.ForEach(times, part => part.Clear());
            Timed(times[0], () => batches.MoveNext());
            using var batch = batches.Current;
            Tensor features = null!;
            Timed(times[1], () => features = teacher.Features(batch.Inputs["image"]));
            using var whole = batch with { Inputs = new Dictionary<string, Tensor>(batch.Inputs) { ["teacher"] = features } };
            Timed(times[2], () => graph.ForwardBackward(whole, 0));
            Timed(times[3], () =>
            {
                adam.Step(step, 1e-4, GradientClipping.Scale(GradientClipping.Norm(graph.Parameters), 1));
                average.Update(step);
            });
        }

        double all = times.Sum(part => part.Sum());
        report.Say($"{Steps * batchSize / all * 1000:F1} images/s, batch {batchSize}, {threads} threads, "
            + $"{Steps} steps of a first epoch after {WarmUp}.");
        report.Header("where a step's time goes", "ms an image: median (least to greatest)", "share");
        foreach (var (name, part) in new[] { "waiting for photos", "teacher", "forward and backward", "clipping, Adam, averages" }.Zip(times))
            report.Row(name, Measured.Spread(part.Select(t => t / batchSize), 2), $"{part.Sum() / all:P0}");
    }

    /// <summary>Time by operator, from ONNX Runtime's own profile.</summary>
    private static void Operators(Report report, DistillationRecipe recipe, int threads)
    {
        var loss = Distillation.Build(recipe.Network, Channels, training: true);
        Value[] learnt = [.. loss.Context.Parameters.Where(p => p.Learnt).Select(p => p.Value)];
        Value[] inputs = [.. loss.Inputs, .. loss.Context.Parameters.Select(p => p.Value)];
        Value[] forward = [loss.Loss, .. loss.Context.RunningAverages.Select(r => r.OfBatch)];
        Value[] backward = [.. forward, .. Gradients.Of(loss.Loss, learnt)];
        double multiplications = Topology.Order([loss.Loss]).Where(n => n.Op == "Conv")
            .Sum(n => (double)n.Inputs[1].Shape.Size.Factor * n.Output.Shape[2].Factor * n.Output.Shape[3].Factor);

        var folder = Directory.CreateTempSubdirectory("rnnserve-profile-");
        try
        {
            var options = new ExecutionOptions { IntraOpThreads = threads };
            using var without = new GraphTimer(inputs, forward, recipe.Training.BatchSentences, options);
            using (var profiled = new GraphTimer(
                inputs, backward, recipe.Training.BatchSentences, options with { ProfilePrefix = Path.Combine(folder.FullName, "step") }))
            {
                double[][] times = GraphTimer.InTurn(Rounds, without, profiled);
                double forwards = Measured.Median(times[0]), both = Measured.Median(times[1]);
                double operations = 2 * multiplications * recipe.Training.BatchSentences;
                report.Say($"{multiplications / 1e6:F0} million multiplications an image. Forward {Measured.Spread(times[0])} ms, "
                    + $"{operations / forwards / 1e6:F0} GFLOP/s; with gradients {Measured.Spread(times[1])} ms, "
                    + $"{3 * operations / both / 1e6:F0} GFLOP/s: "
                    + $"the gradients take {(both - forwards) / forwards:F2} x the forward pass. {Rounds} rounds.");
            }

            report.Header("operator", "share");
            foreach (var (name, share) in Shares(folder.GetFiles().Single().FullName).Take(12))
                report.Row(name, $"{share:P1}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string Operator, double Share)> Shares(string profile)
    {
        using var events = JsonDocument.Parse(File.ReadAllBytes(profile));
        var kernels = events.RootElement.EnumerateArray()
            .Where(e => e.TryGetProperty("cat", out var category) && category.GetString() == "Node")
            .Where(e => e.GetProperty("name").GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal))
            .Select(e => (Operator: e.GetProperty("args").GetProperty("op_name").GetString()!, Time: e.GetProperty("dur").GetDouble()))
            .ToList();
        double total = kernels.Sum(k => k.Time);
        return [.. kernels.GroupBy(k => k.Operator).Select(g => (g.Key, g.Sum(k => k.Time) / total)).OrderByDescending(k => k.Item2)];
    }

    private static void Timed(List<double> times, Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}
