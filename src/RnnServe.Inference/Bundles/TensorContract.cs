using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Bundles;

/// <summary>The tensors that a graph must have.</summary>
internal static class TensorContract
{
    /// <summary>Any size, which the graph must leave open.</summary>
    public static readonly TensorSize Any = new(-1, MayBeOpen: true);

    public static ExpectedTensor Float(string name, params TensorSize[] shape) => new(name, ElementType.Float, shape);

    public static ExpectedTensor Long(string name, params TensorSize[] shape) => new(name, ElementType.Int64, shape);

    /// <exception cref="ModelBundleException">The graph's tensors are not the expected ones.</exception>
    public static void Check(string file, Session session, IReadOnlyList<ExpectedTensor> inputs, IReadOnlyList<ExpectedTensor> outputs)
    {
        Check(file, "input", session.Inputs, inputs);
        Check(file, "output", session.Outputs, outputs);
    }

    private static void Check(string file, string side, IReadOnlyList<ValueInfo> found, IReadOnlyList<ExpectedTensor> expected)
    {
        foreach (var tensor in expected)
        {
            var match = found.FirstOrDefault(f => f.Name == tensor.Name)
                ?? throw new ModelBundleException(
                    file, $"{side} '{tensor.Name}'", $"only {Names(found.Select(t => t.Name))}", $"a tensor {tensor}");
            if (!tensor.Accepts(match))
                throw new ModelBundleException(file, $"{side} '{tensor.Name}'", Describe(match), $"{tensor}");
        }

        foreach (var extra in found)
        {
            if (!expected.Any(e => e.Name == extra.Name))
            {
                throw new ModelBundleException(
                    file, $"{side} '{extra.Name}'", "a tensor that nothing is known about", Names(expected.Select(t => t.Name)));
            }
        }
    }

    private static string Describe(ValueInfo tensor) => Describe(tensor.Type, tensor.Shape.Select(size => size < 0 ? "any" : $"{size}"));

    internal static string Describe(ElementType type, IEnumerable<string> sizes) => $"{type} [{string.Join(", ", sizes)}]";

    private static string Names(IEnumerable<string> tensors) => string.Join(", ", tensors.Select(name => $"'{name}'"));
}

/// <summary>One dimension.</summary>
/// <param name="Value">Its size; -1 for any, which the graph must leave open.</param>
/// <param name="MayBeOpen">Whether the graph may leave it open.</param>
internal readonly record struct TensorSize(long Value, bool MayBeOpen)
{
    public static implicit operator TensorSize(int value) => new(value, MayBeOpen: false);

    public bool Accepts(long found) => found < 0 ? MayBeOpen : found == Value;

    public override string ToString() => Value < 0 ? "any" : MayBeOpen ? $"{Value} or any" : $"{Value}";
}

/// <summary>A tensor that a graph must have.</summary>
internal sealed record ExpectedTensor(string Name, ElementType Type, TensorSize[] Shape)
{
    public bool Accepts(ValueInfo found) =>
        found.Type == Type && found.Shape.Count == Shape.Length && found.Shape.Zip(Shape).All(pair => pair.Second.Accepts(pair.First));

    public override string ToString() => TensorContract.Describe(Type, Shape.Select(size => $"{size}"));
}
