using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Tests.Autodiff;
using RnnServe.Training.Data;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds;
using RnnServe.Training.Kinds.Distil;
using RnnServe.Training.Layers;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Layers;

public sealed class ConvolutionLayerTests
{
    private static readonly ResidualSettings Tiny = new() { Size = 32, Stem = 3, Widths = [3, 4, 5], Blocks = [1, 2, 1] };

    [Theory, InlineData(nameof(NormalisationForm.Batch)), InlineData(nameof(NormalisationForm.Fixed)), InlineData(nameof(NormalisationForm.Folded))]
    public void A_residual_network_agrees_with_central_differences(string form)
    {
        var settings = new ResidualSettings { Size = 16, Stem = 2, Widths = [2, 3], Blocks = [1, 1] };
        var context = new LayerContext(ElementType.Double, training: true);
        var image = Value.Input("image", ElementType.Double, 2, 3, 16, 16);
        var features = new ResidualNetwork(context, "cnn", settings, Enum.Parse<NormalisationForm>(form)).Features(image);
        using var data = Tensor.Copy<double>(GradientCheck.Numbers(2 * 3 * 16 * 16, 9), 2, 3, 16, 16);
        (Value, Tensor)[] others = [(image, data), .. context.Parameters.Where(p => !p.Learnt).Select(p => (p.Value, Positive(p.Value)))];

        GradientCheck.Verify(
            features, [.. context.Parameters.Where(p => p.Learnt).Select((p, i) => (p.Value, Numbers(p.Value, i)))], others);
    }

    [Fact]
    public void The_exported_network_gives_the_features_of_the_network_with_fixed_normalisation()
    {
        var context = new LayerContext(ElementType.Float, training: false);
        var image = ResidualNetwork.Image(Tiny, ElementType.Float);
        var expected = new ResidualNetwork(context, CnnGraph.Prefix, Tiny, NormalisationForm.Fixed).Features(image);
        using var weights = Trained(context);
        float[] pixels = [.. GradientCheck.Numbers(2 * 3 * 32 * 32, 3, -2, 2).Select(v => (float)v)];

        Value[] inputs = [image, .. context.Parameters.Select(p => p.Value)];
        float[] fixedForm = Run(OnnxWriter.Write("fixed", inputs, [("features", expected)]), pixels, [.. weights.All.Select(p => p.Value)]);
        float[] folded = Run(CnnGraph.Write(Tiny, weights), pixels, []);

        Assert.Equal(2 * 5 * 2 * 2, folded.Length);
        Assert.True(fixedForm.Max() > 0.1f);
        Assert.All(fixedForm.Zip(folded), pair => Assert.InRange(pair.Second - pair.First, -1e-4f, 1e-4f));
    }

    [Fact]
    public void Running_averages_follow_the_batches_and_have_no_gradient()
    {
        static LossDefinition Build(bool training)
        {
            var context = new LayerContext(ElementType.Float, training);
            var x = Value.Input("x", ElementType.Float, "B", 1, 2, 2);
            var y = context.BatchNormalisation("norm", x, training ? NormalisationForm.Batch : NormalisationForm.Fixed);
            return new(context, [x], (y * y).SumAll());
        }

        using var graph = new LossGraph(Build, new() { Threads = 1 });
        using var batch = new Batch(new Dictionary<string, Tensor> { ["x"] = Tensor.Copy<float>([1, 2, 3, 4, 5, 6, 7, 8], 2, 1, 2, 2) }, 2, 2);

        Assert.Equal(8, graph.ForwardBackward(batch, 0), 1e-4);
        for (int step = 1; step < 300; step++)
            graph.ForwardBackward(batch, 0);

        Assert.Equal(4.5f, graph.Parameters["norm.mean"].Value.AsSpan<float>()[0], 1e-4f);
        Assert.Equal(5.25f, graph.Parameters["norm.variance"].Value.AsSpan<float>()[0], 1e-4f);
        Assert.Equal(0f, graph.Parameters["norm.mean"].Gradient.AsSpan<float>()[0]);
        Assert.Equal(8, graph.Loss(batch), 1e-3);
    }

    [Fact]
    public void Settings_that_contradict_each_other_are_refused()
    {
        Assert.Contains("one for each of the 4", Refusal(new() { Blocks = [1, 2] }), StringComparison.Ordinal);
        Assert.Contains("multiple of 32", Refusal(new() { Size = 200 }), StringComparison.Ordinal);

        static string Refusal(ResidualSettings settings) => Assert.Throws<RecipeException>(() => settings.Check("network")).Message;
    }

    [Fact]
    public void The_shipped_recipe_is_of_a_network_that_a_processor_can_train_and_serve()
    {
        string path = TestData.InRepository("src", "RnnServe.Training", "Recipes", "flickr8k-cnn.json");
        var settings = ((DistillationRecipe)RecipeFile.Load(path)).Network;
        var context = new LayerContext(ElementType.Float, training: false);
        var features = new ResidualNetwork(context, "cnn", settings, NormalisationForm.Folded).Features(ResidualNetwork.Image(settings, ElementType.Float));
        long weights = context.Parameters.Sum(p => p.Value.Shape.Size.Factor);
        long multiplications = Topology.Order([features]).Where(n => n.Op == "Conv")
            .Sum(n => n.Inputs[1].Shape.Size.Factor * n.Output.Shape[2].Factor * n.Output.Shape[3].Factor);

        Assert.InRange(weights, 2_000_000, 4_500_000);
        Assert.InRange(multiplications, 100_000_000, 300_000_000);
    }

    // Every number is far from its start, and variances are positive.
    private static ParameterSet Trained(LayerContext context)
    {
        var set = new ParameterSet([.. context.Parameters.Select(p => new Parameter(p.Value.Name!, [.. p.Value.Shape.Select(d => d.Factor)]))]);
        foreach (var (parameter, i) in set.All.Select((p, i) => (p, i)))
        {
            double low = parameter.Name.EndsWith("variance", StringComparison.Ordinal) ? 0.2 : -0.4;
            var values = GradientCheck.Numbers(parameter.Length, i, low, 0.5).Select(v => (float)v).ToArray();
            values.CopyTo(parameter.Value.AsSpan<float>());
        }

        return set;
    }

    private static float[] Run(RnnServe.Inference.Onnx.ModelProto model, float[] pixels, Tensor[] weights)
    {
        using var session = new Session(model.ToByteArray());
        using var image = Tensor.Copy<float>(pixels, 2, 3, 32, 32);
        var outputs = new Tensor?[1];
        session.Run([image, .. weights], outputs);
        using var features = outputs[0]!;
        return features.AsSpan<float>().ToArray();
    }

    private static double[] Numbers(Value value, int seed) => GradientCheck.Numbers((int)value.Shape.Size.Factor, seed + 1);

    private static Tensor Positive(Value value) =>
        Tensor.Copy<double>(GradientCheck.Numbers((int)value.Shape.Size.Factor, 5, 0.5, 1.5), [.. value.Shape.Select(d => d.Factor)]);
}
