using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;

namespace RnnServe.Tests.Autodiff;

/// <summary>
/// ONNX Runtime convolves in single precision only. So the rules are compared with central differences on a composition of slices and
/// products in double precision, and the operators, with the gradients that training runs, with that composition.
/// </summary>
public sealed class ConvolutionRulesTests
{
    private const int Batch = 2, Channels = 2, Outputs = 3;

    // Rows, columns, size, stride, zeros before and after: small and large images take other ways back, and so do strides.
    public static TheoryData<int, int, int, int, int, int> Windows => new()
    {
        { 5, 6, 3, 1, 1, 1 },
        { 14, 15, 3, 1, 1, 1 },
        { 14, 15, 5, 1, 2, 2 },
        { 14, 16, 3, 1, 0, 0 },
        { 15, 14, 2, 1, 1, 0 },
        { 5, 4, 1, 1, 0, 0 },
        { 14, 15, 1, 1, 0, 0 },
        { 6, 5, 3, 2, 1, 1 },
        { 7, 8, 3, 2, 0, 1 },
        { 16, 15, 3, 2, 1, 1 },
        { 6, 7, 1, 2, 0, 0 },
        { 9, 10, 4, 4, 0, 0 },
        { 7, 7, 2, 3, 1, 1 },
    };

    [Theory, MemberData(nameof(Windows))]
    public void The_gradients_of_a_convolution_agree_with_central_differences(int rows, int columns, int size, int stride, int before, int after)
    {
        var (y, leaves) = Convolution(ElementType.Double, rows, columns, new(size, stride, before, after));

        GradientCheck.Verify(y, [.. leaves.Select((leaf, i) => (leaf, Numbers(leaf, i)))]);
    }

    [Theory, MemberData(nameof(Windows))]
    public void The_operators_in_single_precision_agree_with_their_compositions(int rows, int columns, int size, int stride, int before, int after)
    {
        var window = new Window(size, stride, before, after);

        AssertAgree(Results(Convolution(ElementType.Double, rows, columns, window)), Results(Convolution(ElementType.Float, rows, columns, window)));
        AssertAgree(Results(Pooled(ElementType.Double, rows, columns, window)), Results(Pooled(ElementType.Float, rows, columns, window)));
    }

    [Fact]
    public void Gradients_over_a_batch_whose_size_is_known_at_run_time_agree_with_central_differences()
    {
        foreach (var (rows, stride) in new[] { (5, 1), (14, 1), (6, 2) })
        {
            var (x, weight) = (Value.Input("x", ElementType.Double, "B", Channels, rows, 15), Value.Input("w", ElementType.Double, Outputs, Channels, 3, 3));
            var gain = Value.Input("gain", ElementType.Double, Outputs);
            using var data = Tensor.Copy<double>(GradientCheck.Numbers(3 * Channels * rows * 15, 3), 3, Channels, rows, 15);
            var y = BatchNormalisation.Of(x.Conv(weight, Window.Centred(3, stride)), gain, gain).Output.Relu();
            var pooled = y.AveragePool(new(2, 2)) + y.MaxPool(new(2, 2));

            GradientCheck.Verify(pooled, [(weight, Numbers(weight, 1)), (gain, Numbers(gain, 2))], (x, data));
        }
    }

    [Fact]
    public void A_weight_that_does_not_fit_the_image_is_refused_where_it_is_written()
    {
        var x = Value.Input("x", ElementType.Float, "B", 3, 8, 8);

        Assert.Contains("must be [K, 3, 3, 3]", Refusal(Value.Input("w", ElementType.Float, 4, 2, 3, 3), new(3)), StringComparison.Ordinal);
        Assert.Contains("does not fit", Refusal(Value.Input("w", ElementType.Float, 4, 3, 9, 9), new(9)), StringComparison.Ordinal);

        string Refusal(Value weight, Window window) => Assert.Throws<ArgumentException>(() => x.Conv(weight, window)).Message;
    }

    private static (Value Y, Value[] Leaves) Convolution(ElementType type, int rows, int columns, Window window)
    {
        var x = Value.Input("x", type, Batch, Channels, rows, columns);
        var weight = Value.Input("weight", type, Outputs, Channels, window.Size, window.Size);
        var bias = Value.Input("bias", type, Outputs);
        return (x.Conv(weight, window, bias), [x, weight, bias]);
    }

    private static (Value Y, Value[] Leaves) Pooled(ElementType type, int rows, int columns, Window window)
    {
        var x = Value.Input("x", type, Batch, Channels, rows, columns);
        var (gain, bias) = (Value.Input("gain", type, Channels), Value.Input("bias", type, Channels));
        var y = BatchNormalisation.Of(x.AveragePool(window) + x.MaxPool(window), gain, bias).Output.Relu();
        return (y + y.GlobalAveragePool(), [x, gain, bias]);
    }

    // Σ y², then its gradients.
    private static double[][] Results((Value Y, Value[] Leaves) function)
    {
        var (y, leaves) = function;
        var loss = (y * y).SumAll();
        var gradients = Gradients.Of(loss, leaves);
        using var session = new Session(
            OnnxWriter.Write("check", leaves, [("y", y), .. gradients.Select((g, i) => ($"gradient_{i}", g))]).ToByteArray());
        Tensor[] given = [.. leaves.Select((leaf, i) => Data(leaf, Numbers(leaf, i)))];
        var outputs = new Tensor?[session.Outputs.Count];
        session.Run(given, outputs);
        double[][] results = [.. outputs.Select(o => y.Type == ElementType.Double
            ? o!.AsSpan<double>().ToArray()
            : o!.AsSpan<float>().ToArray().Select(v => (double)v).ToArray())];
        foreach (var tensor in given.Concat(outputs))
            tensor!.Dispose();
        return results;
    }

    private static void AssertAgree(double[][] expected, double[][] found)
    {
        foreach (var (e, f) in expected.Zip(found))
        {
            Assert.Equal(e.Length, f.Length);
            double scale = Math.Max(1, e.Max(Math.Abs));
            Assert.All(e.Zip(f), pair => Assert.InRange(pair.Second, pair.First - (1e-5 * scale), pair.First + (1e-5 * scale)));
        }
    }

    // Rounded to single precision, so that both precisions compute with the same numbers.
    private static double[] Numbers(Value leaf, int seed) =>
        [.. GradientCheck.Numbers((int)leaf.Shape.Size.Factor, seed + 1).Select(v => (double)(float)v)];

    private static Tensor Data(Value leaf, double[] numbers)
    {
        var shape = leaf.Shape.Evaluate(new Dictionary<string, long>());
        return leaf.Type == ElementType.Double
            ? Tensor.Copy<double>(numbers, shape)
            : Tensor.Copy<float>([.. numbers.Select(v => (float)v)], shape);
    }
}
