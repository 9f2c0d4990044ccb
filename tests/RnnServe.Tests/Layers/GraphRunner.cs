using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;

namespace RnnServe.Tests.Layers;

/// <summary>Runs a small float graph whose parameters have fixed pseudo-random values.</summary>
internal sealed class GraphRunner : IDisposable
{
    private readonly Session session;
    private readonly Tensor[] weights;

    public GraphRunner(LayerContext context, IReadOnlyList<Value> inputs, IReadOnlyList<Value> outputs)
    {
        var parameters = context.Parameters.Select(p => p.Value).ToArray();
        weights = [.. parameters.Select((p, i) =>
            Tensor.Copy<float>(Numbers((int)p.Shape.Size.Factor, i), p.Shape.Evaluate(new Dictionary<string, long>())))];
        session = new(OnnxWriter.Write("test", [.. inputs, .. parameters], [.. outputs.Select((o, i) => ($"output_{i}", o))]).ToByteArray());
    }

    public float[][] Run(float[][] inputs, params long[][] shapes)
    {
        Tensor[] given = [.. inputs.Select((data, i) => Tensor.Copy<float>(data, shapes[i]))];
        var outputs = new Tensor?[session.Outputs.Count];
        session.Run([.. given, .. weights], outputs);
        float[][] results = [.. outputs.Select(o => o!.AsSpan<float>().ToArray())];
        foreach (var tensor in given.Concat(outputs))
            tensor!.Dispose();
        return results;
    }

    public void Dispose()
    {
        session.Dispose();
        foreach (var weight in weights)
            weight.Dispose();
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
