using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Training;
using RnnServe.Training.Kinds.Caption.Backbones;

namespace RnnServe.Tests.Backbones;

/// <summary>CNNs of older operator sets, with batch normalisation, other colours and one photo at a time, and that of a package.</summary>
public sealed class OldBackboneTests
{
    private static readonly BackboneSettings ResNet18 = new()
    {
        Package = "Microsoft.ML.DnnImageFeaturizer.ResNet18",
        Channels = ColourOrder.Bgr,
    };

    [Theory]
    [InlineData(ColourOrder.Rgb), InlineData(ColourOrder.Bgr)]
    internal void A_file_of_2018_gives_for_many_photos_what_it_gives_for_each(ColourOrder channels)
    {
        using var graph = new FeatureGraph(Backbone.Of(OldCnn.Model(), "deep", channels), 32, ElementType.Float, new());

        // Kernels are rounded to 16 bits: 11 bits of mantissa.
        Assert.InRange(Difference(OldCnn.Model(), graph, 32, channels), 0, 2e-3);
    }

    [Theory]
    [InlineData("ReLU393_Output_0", 7, 512)]
    [InlineData("ReLU347_Output_0", 14, 256)]
    public void A_packages_CNN_gives_what_its_file_gives(string output, int side, int channels)
    {
        var settings = ResNet18 with { Output = output };
        var original = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "ResNet18.onnx")));
        original.Graph.Output.Clear();
        original.Graph.Output.Add(new ValueInfoProto { Name = output, Type = new() { TensorType = new() { ElemType = 1 } } });

        using var graph = new FeatureGraph(Backbone.Load(settings), 224, ElementType.Float, new());

        Assert.Equal(new FeatureGrid(side, side, channels), graph.Measured);
        Assert.InRange(Difference(original, graph, 224, settings.Channels, size: 128), 0, 1e-5);
    }

    [Fact]
    public void A_graph_has_the_places_of_a_packages_weights_not_the_weights()
    {
        var backbone = Backbone.Load(ResNet18 with { Output = "ReLU393_Output_0" });

        Assert.InRange(backbone.Graph.CalculateSize(), 1000, 40_000);
        Assert.Equal(22 * 5, backbone.Graph.Initializer.Count(t => t.DataLocation == TensorProto.Types.DataLocation.External));
        Assert.NotEqual(backbone.Hash, Backbone.Load(ResNet18 with { Output = "ReLU347_Output_0" }).Hash);
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "Clip", "its operator set is 8; with 'Clip' it must be 11 or later." },
        { "BatchNormalization", "its normalisation 'changed' is not that of a trained network, by channel." },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void What_meant_something_else_in_older_sets_is_refused(string op, string reason)
    {
        var model = OldCnn.Model();
        var node = TinyCnn.Node(op, "changed", ["deep"]);
        node.Attribute.Add(new AttributeProto { Name = "spatial", I = 0 });
        model.Graph.Node.Add(node);

        Assert.Equal(reason, Assert.Throws<UserException>(() => Backbone.Of(model, "changed")).Message);
    }

    [Fact]
    public void Weights_in_pieces_cannot_stay_where_they_are()
    {
        var model = OldCnn.Model();
        var outside = new OutsideWeights(new FileManifest { Path = "old.onnx", Sha256 = "", Bytes = 0 }, model.ToByteArray());
        model.Graph.Initializer[0].DataType = (int)ElementType.Double;

        var error = Assert.Throws<UserException>(() => Backbone.Of(model, "deep", outside: outside));

        Assert.Equal("its weight 'kernel1' is not one piece of 32-bit floats.", error.Message);
    }

    /// <summary>The greatest difference of a feature of two photos, as a share of the greatest feature.</summary>
    private static double Difference(ModelProto original, FeatureGraph graph, int side, ColourOrder channels, float size = 1)
    {
        var (random, plane) = (new Random(8), side * side);
        float[] rgb = [.. Enumerable.Range(0, 2 * 3 * plane).Select(_ => size * ((2 * random.NextSingle()) - 1))];
        using var photos = Tensor.Copy<float>(rgb, 2, 3, side, side);
        using var cells = graph.Run(photos);
        using var session = new Session(original.ToByteArray());
        double greatest = 0, difference = 0;
        for (int photo = 0, i = 0; photo < 2; photo++)
        {
            var planes = rgb.Chunk(plane).Skip(3 * photo).Take(3);
            using var one = Tensor.Copy<float>([.. (channels == ColourOrder.Bgr ? planes.Reverse() : planes).SelectMany(p => p)], 1, 3, side, side);
            using var grid = session.Run(one);
            for (int cell = 0; cell < graph.Measured.Cells; cell++)
            {
                for (int channel = 0; channel < graph.Measured.Channels; channel++, i++)
                {
                    float expected = grid.AsSpan<float>()[(channel * graph.Measured.Cells) + cell];
                    greatest = Math.Max(greatest, Math.Abs(expected));
                    difference = Math.Max(difference, Math.Abs(expected - cells.AsSpan<float>()[i]));
                }
            }
        }

        Assert.InRange(greatest, 0.1, 1000);
        TestContext.Current.SendDiagnosticMessage($"{difference / greatest:G3} of {greatest:G3}");
        return difference / greatest;
    }
}
