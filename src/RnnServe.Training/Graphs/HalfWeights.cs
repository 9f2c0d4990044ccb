using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Graphs;

/// <summary>Weights stored as 16-bit floats and cast in the graph: ONNX Runtime folds the cast away on load.</summary>
internal static class HalfWeights
{
    /// <summary>Adds the initializer and the node that turns it into <paramref name="name"/>.</summary>
    /// <exception cref="UserException">A weight has no 16-bit form.</exception>
    public static void Add(GraphProto graph, string name, IEnumerable<long> shape, ReadOnlySpan<float> values)
    {
        var halves = new Half[values.Length];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)values[i];
            if (!Half.IsFinite(halves[i]))
                throw new UserException($"Weight '{name}' has the value {values[i]}; stored as 16 bits it must be from -65504 to 65504.");
        }

        string stored = name + ".fp16";
        graph.Initializer.Add(OnnxWriter.Tensor(stored, ElementType.Float16, shape, MemoryMarshal.AsBytes<Half>(halves)));
        var to = OnnxWriter.Attribute("to", (long)ElementType.Float);
        graph.Node.Add(new NodeProto { OpType = "Cast", Name = name + ".cast", Input = { stored }, Output = { name }, Attribute = { to } });
    }

    /// <summary>Rounds weights to what <see cref="Add"/> stores.</summary>
    public static void Round(Span<float> values)
    {
        foreach (ref float value in values)
            value = (float)(Half)value;
    }
}
