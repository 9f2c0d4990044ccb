using System.Diagnostics;
using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;

namespace RnnServe.Benchmarks;

/// <summary>Runs a graph on random numbers, into memory that is allocated once.</summary>
internal sealed class GraphTimer : IDisposable
{
    private readonly Session session;
    private readonly Tensor[] inputs;
    private readonly Tensor?[] outputs;

    /// <param name="inputs">The graph's inputs.</param>
    /// <param name="outputs">The values to compute.</param>
    /// <param name="batch">What the symbol B stands for.</param>
    /// <param name="options">Threads, and where to write a profile.</param>
    public GraphTimer(Value[] inputs, Value[] outputs, long batch, ExecutionOptions options)
    {
        var symbols = new Dictionary<string, long> { ["B"] = batch };
        session = new(OnnxWriter.Write("benchmark", inputs, [.. outputs.Select((o, i) => ($"output_{i}", o))]).ToByteArray(), options);
        this.inputs = [.. inputs.Select((input, i) => Filled(input.Shape.Evaluate(symbols), i))];
        this.outputs = [.. outputs.Select(o => Tensor.Allocate(ElementType.Float, o.Shape.Evaluate(symbols)))];
    }

    /// <summary>One run, in milliseconds.</summary>
    public double Run()
    {
        long start = Stopwatch.GetTimestamp();
        session.Run(inputs, outputs);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Runs several graphs in turn, so that what disturbs one disturbs all; a first round, which allocates, does not count.</summary>
    /// <returns>Milliseconds of each graph's runs.</returns>
    public static double[][] InTurn(int rounds, params GraphTimer[] timers)
    {
        foreach (var timer in timers)
            timer.Run();
        double[][] times = [.. timers.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < timers.Length; i++)
                times[i][round] = timers[i].Run();
        }

        return times;
    }

    public void Dispose()
    {
        session.Dispose();
        foreach (var tensor in inputs.Concat(outputs))
            tensor?.Dispose();
    }

    private static Tensor Filled(long[] shape, int seed)
    {
        var random = new Random(seed);
        var tensor = Tensor.Allocate(ElementType.Float, shape);
        foreach (ref float value in tensor.AsSpan<float>())
            value = random.NextSingle() - 0.5f;
        return tensor;
    }
}
