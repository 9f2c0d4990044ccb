using System.Runtime.InteropServices;
using Google.Protobuf;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Graphs;

/// <summary>Weights stored as 16-bit floats and cast in the graph: ONNX Runtime folds the cast away on load.</summary>
internal static class HalfWeights
{
    /// <summary>The initializer and the node that turns it into <paramref name="name"/>.</summary>
    /// <exception cref="UserException">A weight has no 16-bit form.</exception>
    public static IEnumerable<object> Parts(string name, IEnumerable<long> shape, ReadOnlySpan<float> values)
    {
        var halves = new Half[values.Length];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)values[i];
            if (!Half.IsFinite(halves[i]))
                throw new UserException($"Weight '{name}' has the value {values[i]}; stored as 16 bits it must be from -65504 to 65504.");
        }

        var tensor = new TensorProto
        {
            Name = name + ".fp16",
            DataType = (int)ElementType.Float16,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(halves)),
        };
        tensor.Dims.AddRange(shape);
        var cast = new NodeProto { OpType = "Cast", Name = name + ".cast", Input = { tensor.Name }, Output = { name } };
        cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)ElementType.Float });
        return [tensor, cast];
    }

    /// <summary>Raw little-endian floats.</summary>
    public static float[] Floats(ByteString raw) => MemoryMarshal.Cast<byte, float>(raw.Span).ToArray();

    /// <summary>Rounds weights to what <see cref="Parts"/> stores.</summary>
    public static void Round(Span<float> values)
    {
        foreach (ref var value in values)
            value = (float)(Half)value;
    }
}
