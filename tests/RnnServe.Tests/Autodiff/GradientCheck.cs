using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;

namespace RnnServe.Tests.Autodiff;

/// <summary>Compares gradients with central differences, both in double precision.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;

    /// <summary>Checks ∂(Σ y ∘ weights)/∂x for every x, element by element.</summary>
    /// <param name="y">Any function of the inputs.</param>
    /// <param name="parameters">What to differentiate by, with a value for each element.</param>
    /// <param name="fixedInputs">Other inputs of the graph.</param>
    public static void Verify(Value y, (Value Leaf, double[] Data)[] parameters, params (Value Leaf, Tensor Data)[] fixedInputs) =>
        Verify(Weighted(y), parameters, fixedInputs, 1e-6);

    /// <summary>A scalar that gives each element of y a weight of its own, so that errors cannot cancel.</summary>
    private static Value Weighted(Value y)
    {
        if (y.Shape.Count == 0)
            return y;
        var squares = (y * y) * 0.5;
        return (y * 0.7 + squares).SumAll();
    }

    private static void Verify(Value loss, (Value Leaf, double[] Data)[] parameters, (Value Leaf, Tensor Data)[] fixedInputs, double tolerance)
    {
        var leaves = parameters.Select(p => p.Leaf).ToArray();
        var gradients = Gradients.Of(loss, leaves);
        Value[] inputs = [.. leaves, .. fixedInputs.Select(f => f.Leaf)];
        using var session = new Session(OnnxWriter.Write("check", inputs,
            [("loss", loss), .. gradients.Select((g, i) => ($"gradient_{i}", g))]).ToByteArray());

        var outputs = Run(session, parameters, fixedInputs);
        var exact = outputs[1..];
        for (var p = 0; p < parameters.Length; p++)
        {
            for (var i = 0; i < parameters[p].Data.Length; i++)
            {
                var expected = Difference(session, parameters, fixedInputs, p, i);
                Assert.True(Math.Abs(expected - exact[p][i]) <= tolerance * Math.Max(1, Math.Abs(expected)),
                    $"∂/∂{leaves[p].Name}[{i}]: rule {exact[p][i]:R}, central difference {expected:R}");
            }
        }

        Assert.Contains(exact, g => g.Any(x => x != 0));
    }

    private static double Difference(Session session, (Value Leaf, double[] Data)[] parameters, (Value, Tensor)[] fixedInputs, int p, int i)
    {
        var data = parameters[p].Data;
        var saved = data[i];
        data[i] = saved + Step;
        var above = Run(session, parameters, fixedInputs)[0][0];
        data[i] = saved - Step;
        var below = Run(session, parameters, fixedInputs)[0][0];
        data[i] = saved;
        return (above - below) / (2 * Step);
    }

    private static double[][] Run(Session session, (Value Leaf, double[] Data)[] parameters, (Value Leaf, Tensor Data)[] fixedInputs)
    {
        Tensor[] given = [.. parameters.Select(p => Tensor.Copy<double>(p.Data, p.Leaf.Shape.Evaluate(new Dictionary<string, long>())))];
        var outputs = new Tensor?[session.Outputs.Count];
        session.Run([.. given, .. fixedInputs.Select(f => f.Data)], outputs);
        double[][] results = [.. outputs.Select(o => o!.AsSpan<double>().ToArray())];
        foreach (var tensor in given.Concat(outputs))
            tensor!.Dispose();
        return results;
    }

    /// <summary>Numbers in (low, high) that depend on the seed alone.</summary>
    public static double[] Numbers(int count, int seed, double low = -1, double high = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => low + (high - low) * random.NextDouble())];
    }
}
