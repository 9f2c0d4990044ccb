using RnnServe.Inference.Onnx;
using RnnServe.Training;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rnnserve-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void What_was_written_is_read_bit_for_bit()
    {
        using var values = Tensor.Copy<float>([1.5f, -0f, float.Epsilon, float.MaxValue, 1 / 3f], 5);
        using var read = Tensor.Allocate(ElementType.Float, 5);
        var state = new TrainingState { Step = 17, Epoch = 3, BatchInEpoch = 5, EpochLoss = 1 / 3.0, EpochTokens = 99, BestScore = -Math.PI, WithoutProgress = 2 };

        CheckpointFile.Write(In("a"), "recipe", state, [new("skipped", values), new("x", values)]);
        var header = CheckpointFile.Read(In("a"), [new("x", read)]);

        Assert.Equal(state, header.State);
        Assert.Equal("recipe", header.Recipe);
        Assert.Equal(Bits(values), Bits(read));
        Assert.Equal([In("a")], Directory.GetFiles(folder.FullName));
    }

    [Fact]
    public void A_file_that_is_cut_short_anywhere_or_altered_anywhere_is_refused_and_nothing_is_read()
    {
        using var values = Tensor.Copy<float>([1, 2, 3], 3);
        using var read = Tensor.Allocate(ElementType.Float, 3);
        CheckpointFile.Write(In("a"), "recipe", new TrainingState(), [new("x", values)]);
        byte[] whole = File.ReadAllBytes(In("a"));

        for (int i = 0; i < whole.Length; i++)
        {
            byte[] altered = [.. whole];
            altered[i] ^= 1;
            foreach (byte[] bad in new[] { whole[..i], altered })
            {
                File.WriteAllBytes(In("bad"), bad);
                Assert.Throws<InvalidDataException>(() => CheckpointFile.Read(In("bad"), [new("x", read)]));
            }
        }

        Assert.Equal([0f, 0, 0], read.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Arrays_of_another_model_are_refused_by_name()
    {
        using var values = Tensor.Copy<float>([1, 2, 3], 3);
        using var other = Tensor.Allocate(ElementType.Float, 4);
        CheckpointFile.Write(In("a"), "recipe", new TrainingState(), [new("x", values)]);

        Assert.Contains("'x' has 3 values; the model has 4", Refusal("x"), StringComparison.Ordinal);
        Assert.Contains("no array 'y'", Refusal("y"), StringComparison.Ordinal);

        string Refusal(string name) => Assert.Throws<InvalidDataException>(() => CheckpointFile.Read(In("a"), [new(name, other)])).Message;
    }

    [Fact]
    public void When_the_latest_is_damaged_training_resumes_from_the_previous_and_ends_with_the_same_bytes()
    {
        Train("whole");
        byte[] expected = File.ReadAllBytes(Path.Combine(In("whole"), "latest.ckpt"));
        string latest = Path.Combine(In("whole"), "latest.ckpt");
        using (var file = new FileStream(latest, FileMode.Open))
            file.SetLength(file.Length / 2);

        using var graph = new LineGraph();
        var said = new StringWriter();
        var environment = TrainingChild.Environment(In("whole")) with { Progress = new ProgressReport(said, live: false, TimeProvider.System) };
        using var trainer = new Trainer(graph, new LineBatches(), TrainingChild.Settings, environment);
        trainer.Run(resume: true, default);

        Assert.Contains("latest.ckpt' is damaged", said.ToString(), StringComparison.Ordinal);
        Assert.Equal(expected, File.ReadAllBytes(latest));
    }

    [Fact]
    public void A_checkpoint_of_another_recipe_is_refused()
    {
        Train("run");
        using var graph = new LineGraph();
        using var trainer = new Trainer(graph, new LineBatches(), TrainingChild.Settings, TrainingChild.Environment(In("run")) with { RecipeHash = "other" });

        Assert.Contains("another recipe", Assert.Throws<UserException>(() => trainer.Run(resume: true, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resuming_without_a_checkpoint_says_so()
    {
        using var graph = new LineGraph();

        var error = Assert.Throws<UserException>(() => TrainingChild.Run(graph, In("empty"), resume: true, TrainingChild.Settings));

        Assert.Contains("no usable checkpoint", error.Message, StringComparison.Ordinal);
    }

    private static int[] Bits(Tensor tensor) => [.. tensor.AsSpan<float>().ToArray().Select(BitConverter.SingleToInt32Bits)];

    private void Train(string name)
    {
        using var graph = new LineGraph();
        TrainingChild.Run(graph, In(name), resume: false, TrainingChild.Settings);
    }

    private string In(string name) => Path.Combine(folder.FullName, name);
}
