using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Tests.Bundles;
using RnnServe.Training;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Layers;

namespace RnnServe.Tests.Backbones;

/// <summary>Layers behind a CNN's features that are trained on begin as what they are in the CNN.</summary>
public sealed class TrainedLayersTests
{
    [Fact]
    public void They_give_at_first_what_the_CNN_gives()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "cnn.onnx");
        File.WriteAllBytes(path, ResidualBlock.Model(5).ToByteArray());

        AssertSame(new() { Path = path, Output = "early", Trained = "late", Size = 8 }, new(8, 8, 5), tolerance: 2e-3);
    }

    [Fact]
    public void Those_of_a_package_do()
    {
        var settings = new BackboneSettings { Package = "Microsoft.ML.DnnImageFeaturizer.ResNet18", Output = "ReLU379_Output_0" };

        AssertSame(settings with { Trained = "ReLU393_Output_0" }, new(7, 7, 512), tolerance: 1e-5);
        AssertSame(settings with { Output = "ReLU347_Output_0", Trained = "ReLU365_Output_0" }, new(7, 7, 512), tolerance: 1e-5);
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "early", "deep", "the layer 'deep' is a AveragePool that cannot be trained; convolutions (one group, no dilation, square), each with a "
            + "BatchNormalization or none, Relu and Add can." },
        { "act2", "early", "'early' is not computed from 'act2', so that no layers between them can be trained." },
        { "early", "elsewhere", "'elsewhere' is not computed from 'early', so that no layers between them can be trained." },
        { "act2", "joined", "the layers from 'act2' to 'joined' need 'sum2' too." },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void What_cannot_be_trained_is_refused(string input, string output, string reason)
    {
        var model = TinyCnn.Model();
        model.Graph.Node.Add(TinyCnn.Node("Add", "joined", ["act2", "sum2"]));

        Assert.Equal(reason, Assert.Throws<UserException>(() => TrainedLayers.Between(model, input, output)).Message);
    }

    /// <summary>Compares the trained layers over the features of their input with the features of their output.</summary>
    private static void AssertSame(BackboneSettings settings, FeatureGrid expected, double tolerance)
    {
        using var frozen = new FeatureGraph(Backbone.Load(settings), settings.Size, ElementType.Float, new());
        using var whole = new FeatureGraph(
            Backbone.Load(settings with { Output = settings.Trained!, Trained = null }), settings.Size, ElementType.Float, new());
        Assert.Equal(expected, frozen.Measured.Seen);
        Assert.Equal(expected, whole.Measured);

        var random = new Random(5);
        int values = 2 * 3 * settings.Size * settings.Size;
        using var photos = Tensor.Copy<float>(
            [.. Enumerable.Range(0, values).Select(_ => 100 * ((2 * random.NextSingle()) - 1))], 2, 3, settings.Size, settings.Size);
        using var features = frozen.Run(photos);
        using var right = whole.Run(photos);
        using var found = Over(frozen.Measured, features);

        double greatest = right.AsSpan<float>().ToArray().Max(Math.Abs);
        Assert.True(greatest > 0);
        Assert.All(right.AsSpan<float>().ToArray().Zip(found.AsSpan<float>().ToArray()), pair => Assert.Equal(
            pair.First, pair.Second, tolerance * greatest));
    }

    private static Tensor Over(FeatureGrid grid, Tensor features)
    {
        var context = new LayerContext(ElementType.Float, training: false);
        var input = Value.Input("features", ElementType.Float, "P", grid.Cells, grid.Channels);
        var output = grid.Over(context, input);
        Value[] weights = [.. context.Parameters.Select(p => p.Value)];
        using var session = new Session(OnnxWriter.Write("layers", [input, .. weights], [("cells", output)]).ToByteArray());
        Tensor[] given = [.. context.Parameters.Select(Start)];
        try
        {
            return session.Run([features, .. given]);
        }
        finally
        {
            foreach (var tensor in given)
                tensor.Dispose();
        }
    }

    private static Tensor Start(ParameterDeclaration parameter)
    {
        var tensor = Tensor.Allocate(ElementType.Float, [.. parameter.Value.Shape.Select(d => d.Factor)]);
        parameter.Initialization.Fill(tensor.AsSpan<float>(), tensor.Shape, seed: 1);
        return tensor;
    }
}
