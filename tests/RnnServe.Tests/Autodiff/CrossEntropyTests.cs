using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;

namespace RnnServe.Tests.Autodiff;

/// <summary>The loss in blocks of rows beside the same loss written with all logits at once, in double precision.</summary>
public sealed class CrossEntropyTests
{
    private const int Size = 3, Vocabulary = 5;

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(255, 0.1)]
    [InlineData(256, 0.0)]
    [InlineData(257, 0.1)]    // two blocks, the last filled up with one row
    [InlineData(1000, 0.1)]
    public void Blocks_of_rows_give_the_loss_and_the_gradients_of_all_logits_at_once(int rows, double smoothing)
    {
        Value x = Input("x", rows, Size), weight = Input("weight", Vocabulary, Size), bias = Input("bias", Vocabulary);
        var targets = Value.Input("targets", ElementType.Int64, "N");
        var weights = Value.Input("weights", ElementType.Double, "N");
        var output = new OutputLayer(weight, bias);
        Value[] inputs = [x, weight, bias, targets, weights];
        var inBlocks = CrossEntropy.Of(x, output, targets, weights, smoothing);
        var atOnce = AtOnce(output.Logits(x), targets, weights, smoothing);

        using var alone = new Session(OnnxWriter.Write("alone", inputs, [("loss", inBlocks)]).ToByteArray());
        Value[] learnt = [x, weight, bias];
        Value[] found = [inBlocks, .. Gradients.Of(inBlocks * 0.5, learnt)], expected = [atOnce, .. Gradients.Of(atOnce * 0.5, learnt)];
        using var both = new Session(OnnxWriter.Write(
            "both", inputs, [.. found.Concat(expected).Select((value, i) => ($"output_{i}", value))]).ToByteArray());

        Tensor[] given =
        [
            Numbers(1, rows, Size), Numbers(2, Vocabulary, Size), Numbers(3, Vocabulary),
            Tensor.Copy<long>([.. Enumerable.Range(0, rows).Select(i => (long)(i * 7 % Vocabulary))], [rows]),
            Tensor.Copy<double>([.. Enumerable.Range(0, rows).Select(i => i % 4 == 3 ? 0 : 1.5 - (i % 3))], [rows]),
        ];
        double loss = alone.Run(given).AsSpan<double>()[0];
        var outputs = new Tensor?[both.Outputs.Count];
        both.Run(given, outputs);

        double[][] values = [.. outputs.Select(output => output!.AsSpan<double>().ToArray())];
        Assert.Equal(values[found.Length][0], loss, 1e-9 * rows);
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal(values[found.Length + i].Length, values[i].Length);
            Assert.All(values[i].Zip(values[found.Length + i]), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
            Assert.Contains(values[i], value => value != 0);
        }

        foreach (var tensor in given.Concat(outputs))
            tensor!.Dispose();
    }

    private static Value AtOnce(Value logits, Value targets, Value weights, double smoothing)
    {
        // A one-hot row for each target: ids compared with 0 to V - 1 would need an operator more than a row of the identity.
        var identity = Value.Constant<double>(
            [.. Enumerable.Range(0, Vocabulary * Vocabulary).Select(i => i / Vocabulary == i % Vocabulary ? 1.0 : 0)],
            ElementType.Double, Vocabulary, Vocabulary);
        var wanted = identity.Gather(targets) * (1 - smoothing) + smoothing / Vocabulary;
        return -((logits.LogSoftmax() * wanted).Sum(false, -1) * weights).SumAll();
    }

    private static Value Input(string name, params Dim[] shape) =>
        Value.Input(name, ElementType.Double, name == "x" ? ["N", shape[1]] : shape);

    private static Tensor Numbers(int seed, params long[] shape) =>
        Tensor.Copy<double>(GradientCheck.Numbers((int)shape.Aggregate((a, b) => a * b), seed), shape);
}
