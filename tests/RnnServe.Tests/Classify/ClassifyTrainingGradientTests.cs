using RnnServe.Inference.Onnx;
using RnnServe.Tests.Autodiff;
using RnnServe.Training.Kinds.Classify;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Classify;

public sealed class ClassifyTrainingGradientTests
{
    public static TheoryData<string, string, bool> Networks
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (string pooling in Enum.GetNames<Pooling>())
            {
                foreach (string cell in Enum.GetNames<CellKind>())
                    data.Add(pooling, cell, true);
                data.Add(pooling, nameof(CellKind.Lstm), false);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Networks))]
    public void The_loss_agrees_with_central_differences(string pooling, string cell, bool bidirectional)
    {
        var loss = ClassifyLoss.Build(
            SmallClassifier.Recipe(pooling, cell, bidirectional), SmallClassifier.Vocabulary, training: true, ElementType.Double);
        using var source = Tensor.Copy<long>([4, 5, 7, 5, 6, 0], 2, 3);
        using var mask = Tensor.Copy<double>([1, 1, 1, 1, 1, 0], 2, 3);
        using var target = Tensor.Copy<double>([0.25, 0, 0.5, 0.5], 2, 2);

        GradientCheck.Verify(
            loss.Loss,
            [.. loss.Context.Parameters.Select((p, i) => (p.Value, GradientCheck.Numbers((int)p.Value.Shape.Size.Factor, i + 1)))],
            [.. loss.Inputs.Zip([source, mask, target])]);
    }

    [Fact]
    public void The_loss_is_the_weighted_cross_entropy_of_the_smoothed_target()
    {
        var recipe = SmallClassifier.Recipe("Mean") with { Training = new() { LabelSmoothing = 0.2, Threads = 1 } };
        using var graph = SmallClassifier.Graph(recipe);
        foreach (var parameter in graph.Parameters.All.Where(p => p.Name.StartsWith("output", StringComparison.Ordinal)))
            parameter.Value.AsSpan<float>().Clear();

        // The labels are equally likely: each text costs its weight times ln 2, whatever the smoothing. With a bias of ln 3 the labels have
        // a quarter and three quarters.
        using var batch = SmallClassifier.Batch([4], [5, 6]);
        Assert.Equal(2 * Math.Log(2), graph.ForwardBackward(batch, 1), 1e-5);
        graph.Parameters["output.bias"].Value.AsSpan<float>()[1] = (float)Math.Log(3);
        Assert.Equal(2 * Math.Log(4.0 / 3), graph.Loss(batch), 1e-5);
        Assert.Equal(2 * ((0.9 * Math.Log(4.0 / 3)) + (0.1 * Math.Log(4))), graph.ForwardBackward(batch, 1), 1e-5);
    }
}
