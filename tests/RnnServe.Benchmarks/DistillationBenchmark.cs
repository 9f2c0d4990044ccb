using System.Diagnostics;
using System.Text.Json;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Models;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Benchmarks;

/// <summary>Images per second of a distillation, and where the time goes.</summary>
internal static class DistillationBenchmark
{
    private const int WarmUp = 3, Steps = 20, Channels = 1280;

    public static void Run(string path, int threads)
    {
        var recipe = (DistillationRecipe)RecipeFile.Load(path);
        Training(recipe, threads);
        Operators(recipe, threads);
    }

    private static void Training(DistillationRecipe recipe, int threads)
    {
        int batchSize = recipe.Training.BatchSentences;
        var photos = new PhotoBatches(PhotoFiles.Find(recipe.Data), recipe.Augmentation, recipe.Network.Size, batchSize, long.MaxValue);
        using var teacher = new Teacher(recipe.Teacher, threads);
        using var graph = new LossGraph(
            training => Distillation.Build(recipe.Network, Channels, training), recipe.Training with { Threads = threads });
        using var adam = new Adam(graph.Parameters, new());
        using var average = new MovingAverage(graph.Parameters, recipe.Training.EmaDecay);

        var times = new double[4];
        using var batches = photos.Epoch(1, 0).Take(WarmUp + Steps).GetEnumerator();
        for (int step = 1; step <= WarmUp + Steps; step++)
        {
            if (step == WarmUp + 1)
                Array.Clear(times);
            Timed(ref times[0], () => batches.MoveNext());
            using var batch = batches.Current;
            Tensor features = null!;
            Timed(ref times[1], () => features = teacher.Features(batch.Inputs["image"]));
            using var whole = batch with { Inputs = new Dictionary<string, Tensor>(batch.Inputs) { ["teacher"] = features } };
            Timed(ref times[2], () => graph.ForwardBackward(whole, 0));
            Timed(ref times[3], () =>
            {
                adam.Step(step, 1e-4, GradientClipping.Scale(GradientClipping.Norm(graph.Parameters), 1));
                average.Update(step);
            });
        }

        Console.WriteLine($"{Steps * batchSize / times.Sum() * 1000:F1} images/s, batch {batchSize}, {threads} threads; a first epoch.");
        foreach (var (name, time) in new[] { "waiting for photos", "teacher", "forward and backward", "clipping, Adam, averages" }.Zip(times))
            Console.WriteLine($"  {name,-26} {time / Steps / batchSize,7:F2} ms an image, {time / times.Sum(),4:P0}");
    }

    /// <summary>Time by operator, from ONNX Runtime's own profile.</summary>
    private static void Operators(DistillationRecipe recipe, int threads)
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
            var options = new SessionOptions { IntraOpThreads = threads };
            using var without = new GraphTimer(inputs, forward, recipe.Training.BatchSentences, options);
            using (var profiled = new GraphTimer(
                inputs, backward, recipe.Training.BatchSentences, options with { ProfilePrefix = Path.Combine(folder.FullName, "step") }))
            {
                double[] times = GraphTimer.Fastest(4, without, profiled);
                double operations = 2 * multiplications * recipe.Training.BatchSentences;
                Console.WriteLine($"{multiplications / 1e6:F0} million multiplications an image.");
                Console.WriteLine($"Forward {times[0]:F0} ms, {operations / times[0] / 1e6:F0} GFLOP/s; "
                    + $"with gradients {times[1]:F0} ms, {3 * operations / times[1] / 1e6:F0} GFLOP/s: "
                    + $"the gradients take {(times[1] - times[0]) / times[0]:F2} x the forward pass.");
            }

            foreach (var (name, share) in Shares(folder.GetFiles().Single().FullName).Take(12))
                Console.WriteLine($"  {name,-20} {share,5:P1}");
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

    private static void Timed(ref double total, Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        total += Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
