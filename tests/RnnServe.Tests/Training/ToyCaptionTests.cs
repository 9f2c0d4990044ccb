using RnnServe.Inference.Models;
using RnnServe.Training;

namespace RnnServe.Tests.Training;

/// <summary>Learns to describe drawings from nothing, with the real commands, and asks the exported bundle about drawings it never saw.</summary>
public sealed class ToyCaptionTests
{
    private const string Sizes = "\"embedding\": 24, \"hidden\": 64, \"attentionSize\": 32, \"memory\": 64";

    [Theory]
    [InlineData("\"decoder\": \"show_attend_tell\", \"cell\": \"gru\"", false, 24)]
    [InlineData("\"decoder\": \"show_attend_tell\", \"cell\": \"lstm\", \"attention\": \"general\"", false, 24)]
    [InlineData("\"decoder\": \"show_tell\", \"cell\": \"lstm\"", true, 16)]
    public async Task Describing_shapes_is_learnt(string model, bool single, int epochs)
    {
        using var project = new ToyPhotos(
            $"{model}, {Sizes}", $"\"epochs\": {epochs}, \"learningRate\": 0.006, \"warmUpSteps\": 30, \"validateEvery\": 100", single: single);
        Assert.Equal(0, project.Train());

        var bundle = project.Export();

        Assert.InRange(await project.Score(bundle, 200), 0.95, 1);
        var manifest = ModelBundle.Load(bundle).Manifest;
        Assert.Equal(single ? [1, 1] : [8, 8], manifest.Image!.Grid);
        Assert.Equal(!single, manifest.Decoder.Attention);
        Assert.Equal(["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "CIDEr-D"], manifest.Metrics.Select(m => m.Method.Split(',')[0]));
        Assert.Equal("canary.png", manifest.Canary!.Input);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        const string Training = "\"epochs\": 2, \"learningRate\": 0.005, \"warmUpSteps\": 10";
        using var first = new ToyPhotos($"{Sizes}", Training, photos: 80, dropout: 0.3);
        using var second = new ToyPhotos($"{Sizes}", Training, photos: 80, dropout: 0.3);

        Assert.Equal(0, first.Train());
        Assert.Equal(0, second.Train());

        Assert.Equal(File.ReadAllBytes(new RunFolder(first.Run).Latest), File.ReadAllBytes(new RunFolder(second.Run).Latest));
        Assert.Equal("BLEU-4", TrainingLog.Read(new RunFolder(first.Run).Log).First(e => e.Score is not null).ScoreName);
    }
}
