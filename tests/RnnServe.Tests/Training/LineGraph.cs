using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;

namespace RnnServe.Tests.Training;

/// <summary>Least squares on y = w x + b with dropout on x: small, and with gradients that are known by hand.</summary>
internal sealed class LineGraph : ILossGraph
{
    public const int Width = 37;

    private int steps;

    public LineGraph() => Parameters = new ParameterSet([new Parameter("w", Width), new Parameter("b", 1)]);

    public ParameterSet Parameters { get; }

    /// <summary>Called before each step with the number of the call, from 1.</summary>
    public Action<int> BeforeStep { get; init; } = _ => { };

    public double ForwardBackward(Batch batch, ulong dropoutSeed)
    {
        BeforeStep(++steps);
        var random = new SeededRandom(dropoutSeed, 0);
        float[] x = batch.Inputs["x"].AsSpan<float>().ToArray(), y = batch.Inputs["y"].AsSpan<float>().ToArray();
        foreach (ref float value in x.AsSpan())
            value = random.Next(10) == 0 ? 0 : value / 0.9f;

        var dw = Parameters["w"].Gradient.AsSpan<float>();
        var db = Parameters["b"].Gradient.AsSpan<float>();
        dw.Clear();
        db.Clear();
        double loss = 0;
        for (int row = 0; row < batch.Sentences; row++)
        {
            float error = Predict(x.AsSpan(row * Width, Width)) - y[row];
            loss += error * error;
            float slope = 2 * error / batch.TargetTokens;
            db[0] += slope;
            for (int i = 0; i < Width; i++)
                dw[i] += slope * x[(row * Width) + i];
        }

        return loss;
    }

    public double Loss(Batch batch)
    {
        double loss = 0;
        for (int row = 0; row < batch.Sentences; row++)
        {
            double error = Predict(batch.Inputs["x"].AsSpan<float>().Slice(row * Width, Width)) - batch.Inputs["y"].AsSpan<float>()[row];
            loss += error * error;
        }

        return loss;
    }

    public void Dispose() => Parameters.Dispose();

    private float Predict(ReadOnlySpan<float> x)
    {
        float sum = Parameters["b"].Value.AsSpan<float>()[0];
        for (int i = 0; i < Width; i++)
            sum += Parameters["w"].Value.AsSpan<float>()[i] * x[i];
        return sum;
    }
}

/// <summary>Points on a fixed line, with a little noise.</summary>
internal sealed class LineBatches : IBatchSource
{
    private const int Points = 90, BatchPoints = 8;
    private readonly float[][] x;
    private readonly float[] y;

    public LineBatches()
    {
        var random = new Random(1);
        float[] w = [.. Enumerable.Range(0, LineGraph.Width).Select(_ => random.NextSingle() - 0.5f)];
        x = [.. Enumerable.Range(0, Points).Select(_ => Enumerable.Range(0, LineGraph.Width).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        y = [.. x.Select(x => x.Zip(w, (a, b) => a * b).Sum() + 0.3f + (0.01f * random.NextSingle()))];
    }

    public int Count(int epoch) => BatchPlan.Count(Points, BatchPoints);

    public IEnumerable<Batch> Epoch(int epoch, int skip) => BatchPlan
        .Create([.. Enumerable.Repeat((1, 1), Points)], BatchPoints, new SeededRandom(3, (ulong)epoch))
        .Skip(skip)
        .Select(Make);

    public IEnumerable<Batch> Validation() => Enumerable.Range(0, Points).Chunk(BatchPoints).Select(Make);

    private Batch Make(int[] rows) => new(
        new Dictionary<string, Tensor>
        {
            ["x"] = Tensor.Copy<float>([.. rows.SelectMany(r => x[r])], rows.Length, LineGraph.Width),
            ["y"] = Tensor.Copy<float>([.. rows.Select(r => y[r])], rows.Length),
        },
        rows.Length,
        rows.Length);
}
