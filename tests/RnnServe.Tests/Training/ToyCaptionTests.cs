using System.Globalization;
using System.Text.RegularExpressions;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Tests.Commands;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Training;

/// <summary>Learns to describe drawings from nothing, with the real commands, and asks the exported bundle about drawings it never saw.</summary>
public sealed partial class ToyCaptionTests
{
    private const string Sizes = "\"embedding\": 24, \"hidden\": 64, \"attentionSize\": 32, \"memory\": 64";

    [Fact]
    public Task Describing_shapes_is_learnt() => LearnAsync("\"decoder\": \"show_attend_tell\", \"cell\": \"gru\"", alone: false, epochs: 20);

    [Theory, Trait("Category", "Long")]
    [InlineData("\"decoder\": \"show_attend_tell\", \"cell\": \"lstm\", \"attention\": \"general\"", false, 50)]
    [InlineData("\"decoder\": \"show_tell\", \"cell\": \"lstm\"", true, 40)]
    public Task Describing_shapes_is_learnt_by_other_decoders(string model, bool alone, int epochs)
    {
        Skip.UnlessLong();
        return LearnAsync(model, alone, epochs);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        const string Training = "\"epochs\": 2, \"learningRate\": 0.005, \"warmUpSteps\": 10";
        using var first = new ToyPhotos($"{Sizes}", Training, photos: 80, dropout: 0.3);
        using var second = new ToyPhotos($"{Sizes}", Training, photos: 80, dropout: 0.3);

        Assert.Equal(0, first.Train());
        Assert.Equal(0, second.Train());

        Assert.Equal(File.ReadAllBytes(new RunFolder(first.Run()).Latest), File.ReadAllBytes(new RunFolder(second.Run()).Latest));
        Assert.Equal("BLEU-4", TrainingLog.Read(new RunFolder(first.Run()).Log).First(e => e.Score is not null).ScoreName);
    }

    [Fact]
    public async Task A_CNN_is_distilled_then_described_from_and_then_both_are_trained_together()
    {
        const string Backbone = "\"backbone\": { \"path\": \"cnn/features.onnx\", \"output\": \"features\", \"size\": 32 }, "
            + "\"model\": { " + Sizes + " }, \"dropout\": { \"embedding\": 0, \"memory\": 0, \"decoder\": 0, \"readout\": 0 },";
        using var project = new ToyPhotos(Sizes, "\"epochs\": 1", photos: 500);
        File.WriteAllText(project.In("cnn.json"), """
            {
              "name": "cnn", "task": "distill", "licence": "made by a test", "data": { "photos": "photos", "heldOut": "val.txt" },
              "teacher": { "path": "cnn.onnx", "output": "deep" }, "network": { "size": 32, "stem": 16, "widths": [16, 24], "blocks": [1, 1] },
              "augmentation": { "decodedSize": 32, "leastArea": 1, "mirror": false, "colour": 0 },
              "training": { "epochs": 2, "batchSentences": 25, "learningRate": 5e-3, "warmUpSteps": 5, "emaDecay": 0.9, "threads": 1 },
            }
            """);
        project.WriteRecipe("decoder.json", "\"epochs\": 5, \"learningRate\": 0.006, \"warmUpSteps\": 20", Backbone);
        project.WriteRecipe("more.json", "\"epochs\": 1, \"learningRate\": 0.001, \"warmUpSteps\": 5", Backbone + "\"start\": \"decoder\",");
        project.WriteRecipe("both.json", "\"epochs\": 4, \"learningRate\": 0.003, \"warmUpSteps\": 5", Backbone + """
            "start": "decoder", "fineTune": { "network": "cnn", "augmentation": { "decodedSize": 32, "leastArea": 1, "mirror": false, "colour": 0 } },
            """);

        Assert.Equal(0, project.Train("cnn.json", "cnn"));
        project.Export("cnn");
        Assert.Equal(0, project.Train("decoder.json", "decoder"));
        double frozen = await project.Score(project.Export("decoder"), 200);
        Assert.Equal(0, project.Train("more.json", "more"));
        Assert.Equal(0, project.Train("both.json", "both"));
        double together = await project.Score(project.Export("both", version: 2), 200);

        // The first epoch begins where the decoder ended, not with a loss of ln(vocabulary).
        Assert.InRange(Losses(project, "more")[0], 0, Losses(project, "decoder")[^1] * 1.1);
        Assert.InRange(Losses(project, "both")[0], 0, Losses(project, "decoder")[^1] * 1.1);
        Assert.InRange(Losses(project, "both")[^1], 0, Losses(project, "decoder")[^1] * 0.8);
        Assert.InRange(together, frozen, 1);
    }

    [Fact]
    public void The_last_layers_of_a_CNN_are_trained_on_with_the_captions_and_are_in_the_bundle()
    {
        static string Backbone(string output) => "\"backbone\": { \"path\": \"cnn.onnx\", " + output + ", \"size\": 32, \"mean\": [0.5, 0.5, 0.5], "
            + "\"std\": [0.25, 0.25, 0.25] }, \"model\": { " + Sizes + " }, "
            + "\"dropout\": { \"embedding\": 0, \"memory\": 0, \"decoder\": 0, \"readout\": 0 },";
        string trained = Backbone("\"output\": \"early\", \"trained\": \"act2\"");
        using var project = new ToyPhotos(Sizes, "\"epochs\": 1", photos: 300);
        project.WriteRecipe("frozen.json", "\"epochs\": 5, \"learningRate\": 0.006, \"warmUpSteps\": 10", Backbone("\"output\": \"act2\""));
        project.WriteRecipe("trained.json", "\"epochs\": 2, \"learningRate\": 0.003, \"warmUpSteps\": 5", trained + "\"start\": \"frozen\",");
        project.WriteRecipe(
            "scores.json", "\"epochs\": 1, \"learningRate\": 0.0001", trained + "\"start\": \"trained\", \"selfCritical\": { \"hypotheses\": 4 },",
            doublyStochastic: 0);

        Assert.Equal(0, project.Train("frozen.json", "frozen"));
        Assert.Equal(0, project.Train("trained.json", "trained"));
        Assert.Equal(0, project.Train("scores.json", "scores"));
        string bundle = project.Export("scores");

        // Each begins where the one before ended, the layers with what they are in the CNN.
        var (frozen, layers, scores) = (Losses(project, "frozen"), Losses(project, "trained"), Losses(project, "scores"));
        Assert.InRange(layers[0], 0, frozen[^1] * 1.05);
        Assert.InRange(layers[^1], 0, frozen[^1] * 0.9);
        Assert.InRange(scores[0], 0, layers[^1] * 1.1);
        var manifest = (CaptionManifest)BundleReader.Load(bundle).Manifest;
        Assert.InRange(manifest.Metrics.First(m => m.Method.StartsWith("BLEU-4", StringComparison.Ordinal)).Value, 50, 100);
        Assert.Equal([8, 8], manifest.Image.Grid);
        Assert.Contains("output `early`, the layers behind it as far as `act2`", File.ReadAllText(Path.Combine(bundle, "README.md")), StringComparison.Ordinal);
    }

    [Fact, Trait("Category", "Long")]
    public async Task Scores_of_its_own_captions_make_a_model_better()
    {
        Skip.UnlessLong();
        using var project = new ToyPhotos(
            Sizes, "\"epochs\": 12, \"learningRate\": 0.006, \"warmUpSteps\": 20, \"validateEvery\": 100", photos: 400);
        WriteSelfCritical(project, epochs: 6);

        Assert.Equal(0, project.Train());
        double before = await project.Score(project.Export(), 200);
        var (code, output, _) = await TrainingProgram.RunInAsync(project.Folder, "train", "scores.json", "--output", project.Run("scores"));
        Assert.Equal(0, code);
        double after = await project.Score(project.Export("scores", version: 2), 200);

        double[] rewards = [.. MeanReward().Matches(output).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(6, rewards.Length);
        Assert.InRange(rewards[^1], rewards[0] + 0.5, 10);
        Assert.InRange(after, before + 0.03, 1);
    }

    [Fact]
    public void Learning_from_scores_stopped_after_every_step_ends_with_the_same_bytes()
    {
        using var project = new ToyPhotos(Sizes, "\"epochs\": 3, \"learningRate\": 0.006, \"warmUpSteps\": 5, \"validateEvery\": 100", photos: 40);
        WriteSelfCritical(project, epochs: 2);
        Assert.Equal(0, project.Train());
        var recipe = RecipeFile.Load(project.In("scores.json"));

        SteppedTraining.Run(recipe, project.Run("whole"));

        // After each of six steps, and behind the first epoch's validation.
        Assert.Equal(7, SteppedTraining.StopAfterEveryStep(recipe, project.Run("stopped")));
        Assert.Equal(File.ReadAllBytes(new RunFolder(project.Run("whole")).Latest), File.ReadAllBytes(new RunFolder(project.Run("stopped")).Latest));
    }

    private static async Task LearnAsync(string model, bool alone, int epochs)
    {
        using var project = new ToyPhotos(
            $"{model}, {Sizes}", $"\"epochs\": {epochs}, \"learningRate\": 0.006, \"warmUpSteps\": 30, \"validateEvery\": 100", alone: alone);
        Assert.Equal(0, project.Train());

        var bundle = project.Export();

        Assert.InRange(await project.Score(bundle, 200), 0.95, 1);
        var manifest = (CaptionManifest)BundleReader.Load(bundle).Manifest;
        Assert.Equal(alone ? [1, 1] : [4, 4], manifest.Image.Grid);
        Assert.Equal(!alone, manifest.Decoder.Attention);
        string[] scores = ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "CIDEr-D"];
        Assert.Equal([.. scores, .. scores], manifest.Metrics.Select(m => m.Method.Split(',')[0]));
        Assert.All(manifest.Metrics.Skip(scores.Length), metric => Assert.Contains(", int8,", metric.Method, StringComparison.Ordinal));
        Assert.Equal("canary.png", manifest.Canary!.Input);
    }

    private static void WriteSelfCritical(ToyPhotos project, int epochs) => project.WriteRecipe(
        "scores.json",
        $"\"epochs\": {epochs}, \"learningRate\": 0.001, \"warmUpSteps\": 5",
        "\"backbone\": { \"path\": \"cnn.onnx\", \"output\": \"deep\", \"size\": 32, \"mean\": [0.5, 0.5, 0.5], \"std\": [0.25, 0.25, 0.25] }, "
            + "\"model\": { " + Sizes + " }, \"dropout\": { \"embedding\": 0.1, \"memory\": 0, \"decoder\": 0.1, \"readout\": 0 }, "
            + "\"start\": \"run\", \"selfCritical\": { \"hypotheses\": 4 },",
        doublyStochastic: 0);

    [GeneratedRegex(@"mean reward ([\d.]+) of the best hypotheses")]
    private static partial Regex MeanReward();

    private static List<double> Losses(ToyPhotos project, string run) =>
        [.. TrainingLog.Read(new RunFolder(project.Run(run)).Log).Where(e => e.ValidationLoss is not null).Select(e => e.ValidationLoss!.Value)];
}
