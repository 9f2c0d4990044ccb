using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Tests.Bundles;
using RnnServe.Training;
using RnnServe.Training.Kinds.Caption.Backbones;

namespace RnnServe.Tests.Backbones;

public sealed class BackboneTests
{
    [Theory]
    [InlineData("deep", 4, TinyCnn.Deep)]
    [InlineData("early", 16, TinyCnn.Early)]
    [InlineData("sum1", 16, TinyCnn.Early)]
    public void Any_tensor_of_a_graph_gives_features_cell_by_cell(string output, int side, int channels)
    {
        using var graph = new FeatureGraph(Backbone.Of(TinyCnn.Model(), output), 32, ElementType.Float, new());
        using var photos = Photos(2);

        using var cells = graph.Run(photos);
        var expected = Original(photos, output);

        Assert.Equal(new FeatureGrid(side, side, channels), graph.Measured);
        Assert.Equal([2, side * side, channels], cells.Shape.ToArray());
        for (int photo = 0, i = 0; photo < 2; photo++)
        {
            for (int cell = 0; cell < side * side; cell++)
            {
                // Kernels are rounded to 16 bits: 11 bits of mantissa.
                for (int channel = 0; channel < channels; channel++, i++)
                    Assert.Equal(expected[(((photo * channels) + channel) * side * side) + cell], cells.AsSpan<float>()[i], 2e-3f);
            }
        }
    }

    [Fact]
    public void Only_what_the_features_need_is_taken_and_stored_as_16_bits()
    {
        var graph = Backbone.Of(TinyCnn.Model(), "early").Graph;

        Assert.Equal(["kernel1.fp16", "bias1"], graph.Initializer.Select(t => t.Name));
        Assert.Equal(["Cast", "Conv", "Relu"], graph.Node.Select(n => n.OpType));
    }

    [Fact]
    public void Weights_decide_the_hash()
    {
        var other = TinyCnn.Model();
        var bytes = other.Graph.Initializer[1].RawData.ToByteArray();
        bytes[0] ^= 1;
        other.Graph.Initializer[1].RawData = ByteString.CopyFrom(bytes);

        Assert.Equal(Backbone.Of(TinyCnn.Model(), "deep").Hash, Backbone.Of(TinyCnn.Model(), "deep").Hash);
        Assert.NotEqual(Backbone.Of(TinyCnn.Model(), "deep").Hash, Backbone.Of(other, "deep").Hash);
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "other", "no node computes 'other'; the outputs are: deep, classes." },
        { "resized", "its operator 'Resize' is not supported; these are: Add," },
        { "both", "it needs the inputs photo, second; it must need one" },
        { "far", "its weight 'outside' is stored in another file" },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void What_cannot_be_spliced_is_refused_with_the_file_and_the_reason(string output, string reason)
    {
        using var folder = new TemporaryFolder();
        var model = TinyCnn.Model();
        model.Graph.Input.Add(new ValueInfoProto { Name = "second" });
        model.Graph.Initializer.Add(new TensorProto { Name = "outside", DataType = 1, DataLocation = TensorProto.Types.DataLocation.External });
        model.Graph.Node.AddRange(
        [
            TinyCnn.Node("Resize", "resized", ["deep"]), TinyCnn.Node("Add", "both", ["deep", "second"]), TinyCnn.Node("Add", "far", ["deep", "outside"]),
        ]);
        string path = Path.Combine(folder.Path, "cnn.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        var error = Assert.Throws<UserException>(() => Backbone.Load(new() { Path = path, Output = output }));

        Assert.StartsWith($"Backbone '{path}': ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7), InlineData(22)]
    public void Operator_sets_with_other_meanings_are_refused(int set)
    {
        var error = Assert.Throws<UserException>(() => Backbone.Of(TinyCnn.Model(set), "deep"));

        Assert.Equal($"its operator set is {set}; it must be from 8 to 21.", error.Message);
    }

    [Fact]
    public void A_tensor_that_is_no_grid_is_refused() =>
        Assert.Contains("has 2 dimensions; features have 4", Assert.Throws<UserException>(() =>
            new FeatureGraph(Backbone.Of(TinyCnn.Model(), "classes"), 32, ElementType.Float, new())).Message, StringComparison.Ordinal);

    private static Tensor Photos(int count)
    {
        var random = new Random(8);
        return Tensor.Copy<float>([.. Enumerable.Range(0, count * 3 * 32 * 32).Select(_ => (2 * random.NextSingle()) - 1)], count, 3, 32, 32);
    }

    private static float[] Original(Tensor photos, string output)
    {
        var model = TinyCnn.Model();
        model.Graph.Output.Clear();
        model.Graph.Output.Add(new ValueInfoProto { Name = output, Type = new() { TensorType = new() { ElemType = 1 } } });
        using var session = new Session(model.ToByteArray());
        var outputs = new Tensor?[1];
        session.Run([photos], outputs);
        using var result = outputs[0]!;
        return result.AsSpan<float>().ToArray();
    }
}
