using System.CommandLine;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Training;
using RnnServe.Training.Commands;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Classify;

public sealed class ClassifyTrainingRunTests
{
    private const int StepsPerEpoch = 16;

    private static readonly InvocationConfiguration Plain = new() { EnableDefaultExceptionHandler = false };

    // What counts is the order: no bag of words can tell.
    [Theory]
    [InlineData("attention", "gru"), InlineData("mean", "lstm"), InlineData("last", "gru_reset_before")]
    public void Which_word_comes_first_is_learnt_and_measured_by_the_export(string pooling, string cell)
    {
        using var folder = new TemporaryFolder();
        string recipe = Write(folder, pooling, cell, epochs: 8, texts: 1000), run = Path.Combine(folder.Path, "run");

        Assert.Equal(0, new TrainCommand().Create().Parse([recipe, "--output", run, "--threads", "1"]).Invoke(Plain));

        Assert.Contains(TrainingLog.Read(Path.Combine(run, "log.jsonl")), entry => entry is { ScoreName: "accuracy", Score: >= 97 });
        Assert.Equal(0, ExportCommand.Create().Parse([run, "--to", folder.Path]).Invoke(Plain));
        Assert.True(File.Exists(Path.Combine(run, "confusion.svg")));

        string bundle = Path.Combine(folder.Path, "toy", "1");
        var manifest = Assert.IsType<ClassifyManifest>(BundleReader.Load(bundle).Manifest);
        Assert.Equal(["cat", "dog"], manifest.Classify.Labels);
        Assert.Equal(pooling == "attention", manifest.Classify.Attention);
        Assert.Equal(["val.tsv", "test.tsv"], manifest.Metrics.Select(metric => metric.DataSet).Distinct());
        Assert.All(manifest.Metrics, metric => Assert.InRange(metric.Value, 97, 100));
        Assert.Contains((int)manifest.Training!.Steps / StepsPerEpoch, new[] { 2, 4, 6, 8 });
        Assert.NotNull(manifest.Canary!.Answers!.Of(manifest.Graphs.Default));
        string card = File.ReadAllText(Path.Combine(bundle, "README.md"));
        Assert.Contains("| right \\ given | cat | dog | precision | recall | F1 |", card, StringComparison.Ordinal);
        Assert.All(manifest.Metrics, metric => Assert.Contains(metric.Method, card, StringComparison.Ordinal));
    }

    [Fact]
    public void A_training_stopped_after_every_step_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var recipe = RecipeFile.Load(Write(folder, "attention", "gru", epochs: 2, texts: 200));
        string straight = Path.Combine(folder.Path, "straight"), stopped = Path.Combine(folder.Path, "stopped");

        SteppedTraining.Run(recipe, straight);
        int stops = SteppedTraining.StopAfterEveryStep(recipe, stopped);

        Assert.InRange(stops, 7, 9);
        Assert.Equal(File.ReadAllBytes(new RunFolder(straight).Latest), File.ReadAllBytes(new RunFolder(stopped).Latest));
    }

    private static string Write(TemporaryFolder folder, string pooling, string cell, int epochs, int texts)
    {
        var random = new Random(1);
        foreach (var (name, count) in new[] { ("train", texts), ("val", 200), ("test", 200) })
            File.WriteAllLines(Path.Combine(folder.Path, $"{name}.tsv"), Enumerable.Range(0, count).Select(_ => Line(random)));

        string path = Path.Combine(folder.Path, "recipe.json");
        File.WriteAllText(path, $$"""
            {
              "name": "toy", "task": "classify", "licence": "made by a test", "languages": { "source": "en" },
              "data": { "train": "train.tsv", "validation": "val.tsv", "test": "test.tsv" },
              "labels": [ { "name": "cat" }, { "name": "dog" } ],
              "model": { "pooling": "{{pooling}}", "cell": "{{cell}}", "embedding": 16, "hidden": 16, "attentionSize": 8 },
              "dropout": { "tokens": 0.01, "embedding": 0.05, "output": 0.05 },
              "training": {
                "epochs": {{epochs}}, "batchSentences": 64, "learningRate": 0.01, "warmUpSteps": 20, "labelSmoothing": 0,
                "emaDecay": 0.98, "validateEvery": 2, "threads": 1
              }
            }
            """);
        return path;
    }

    private static string Line(Random random)
    {
        string[] animals = random.Next(2) == 0 ? ["cat", "dog"] : ["dog", "cat"];
        string Filler() => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => $"{(char)('a' + random.Next(6))} "));
        return $"{animals[0]}\t{Filler()}{animals[0]} {Filler()}{animals[1]} {Filler()}.";
    }
}
