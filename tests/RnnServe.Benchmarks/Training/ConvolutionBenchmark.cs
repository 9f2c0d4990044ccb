using System.CommandLine;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;

namespace RnnServe.Benchmarks;

/// <summary>convolution: what a convolution's gradients cost beside it, and other ways to compute the gradient of the weight.</summary>
internal static class ConvolutionBenchmark
{
    private const int Batch = 32, Rounds = 12;

    // Channels, outputs, rows, size, stride: what the residual network of the shipped recipe is made of.
    private static readonly (long C, long K, long Rows, long Size, long Stride)[] Shapes =
    [
        (3, 32, 160, 7, 4), (32, 32, 40, 3, 1), (32, 64, 40, 3, 2), (64, 64, 20, 3, 1), (64, 128, 20, 3, 2), (128, 128, 10, 3, 1),
        (128, 256, 10, 3, 2), (256, 256, 5, 3, 1), (256, 1280, 5, 1, 1),
    ];

    public static Command Create()
    {
        var command = new Command("convolution", "Each convolution of the shipped residual network: forward, and its gradients.")
        {
            CommonOptions.Threads, CommonOptions.Output,
        };
        command.SetAction(arguments => Run(Report.Start("convolution", "", arguments), arguments.GetValue(CommonOptions.Threads)));
        return command;
    }

    private static void Run(Report report, int threads)
    {
        report.Say($"Batch {Batch}, {threads} threads; median (least to greatest) of {Rounds} rounds in which all columns take turns. "
            + "Ratios are of time per multiplication, to the forward convolution.");
        report.Header("channels", "image", "window", "forward, ms", "GFLOP/s", "by the input", "by the weight", "Conv over transposed tensors");
        foreach (var (c, k, rows, size, stride) in Shapes)
        {
            var window = Window.Centred(size, stride);
            var x = Value.Input("x", ElementType.Float, Batch, c, rows, rows);
            var weight = Value.Input("weight", ElementType.Float, k, c, size, size);
            var y = x.Conv(weight, window);
            var dy = Value.Input("dy", ElementType.Float, [.. y.Shape]);
            var gradients = Gradients.Of((y * dy).SumAll(), [x, weight]);
            Value[] inputs = [x, weight, dy];
            Value[] ways = [y, gradients[0], gradients[1], .. Transposed(x, dy, window)];
            GraphTimer[] timers = [.. ways.Select(way => new GraphTimer(Used(inputs, way), [way], Batch, new() { IntraOpThreads = threads }))];
            double[][] times = GraphTimer.InTurn(Rounds, timers);
            foreach (var timer in timers)
                timer.Dispose();

            double operations = 2.0 * Batch * k * c * size * size * y.Shape[2].Factor * y.Shape[3].Factor;
            string Ratio(int way) => way < times.Length ? Measured.Spread(times[way].Zip(times[0], (t, forward) => t / forward), 2) : "";
            report.Row(
                $"{c} to {k}", $"{rows} x {rows}", $"{size} x {size}, stride {stride}", Measured.Spread(times[0], 1),
                $"{operations / Measured.Median(times[0]) / 1e6:F0}", Ratio(1), Ratio(2), Ratio(3));
        }

        report.Save();
    }

    // The image's channels as a batch, the batch as channels, the gradient as the weight: the textbook's way, without strides.
    private static IEnumerable<Value> Transposed(Value x, Value dy, Window window) => window.Stride == 1 && window.Size > 1
        ? [x.PadImage(window).Transpose(1, 0, 2, 3).Conv(dy.Transpose(1, 0, 2, 3), new(dy.Shape[2].Factor)).Transpose(1, 0, 2, 3)]
        : [];

    private static Value[] Used(Value[] inputs, Value way)
    {
        var used = Topology.Order([way]).SelectMany(n => n.Inputs).ToHashSet();
        return [.. inputs.Where(used.Contains)];
    }
}
