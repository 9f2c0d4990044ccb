using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Export;

/// <summary>A weight of an exported graph.</summary>
/// <param name="Values">Row by row.</param>
/// <param name="Columns">Elements of the last axis.</param>
/// <param name="IsVector">Whether it is several numbers on one axis.</param>
internal sealed record Matrix(float[] Values, long Columns, bool IsVector = false)
{
    /// <summary>Product of all axes but the last.</summary>
    public long Rows => Values.Length / Columns;

    /// <summary>The greatest absolute value.</summary>
    public float Greatest => Values.Max(MathF.Abs);

    /// <summary>The weights of a graph by the names that its nodes use: those stored as 16 bits come out of a cast.</summary>
    public static Dictionary<string, Matrix> Of(GraphProto graph)
    {
        var stored = graph.Initializer.Where(t => t.Dims.Count > 0).ToDictionary(t => t.Name, StringComparer.Ordinal);
        var weights = stored.Values.Where(t => t.DataType == (int)ElementType.Float)
            .ToDictionary(t => t.Name, t => From(t, MemoryMarshal.Cast<byte, float>(t.RawData.Span).ToArray()), StringComparer.Ordinal);
        foreach (var cast in graph.Node.Where(n => n.OpType == "Cast"))
        {
            if (stored.TryGetValue(cast.Input[0], out var half) && half.DataType == (int)ElementType.Float16)
                weights[cast.Output[0]] = From(
                    half, [.. MemoryMarshal.Cast<byte, Half>(half.RawData.Span).ToArray().Select(h => (float)h)]);
        }

        return weights;
    }

    /// <summary>Matrices of as many columns, one below the other.</summary>
    public static Matrix Stack(IReadOnlyList<Matrix> parts) => new([.. parts.SelectMany(part => part.Values)], parts[0].Columns);

    /// <summary>Some of the columns.</summary>
    public Matrix Slice(long from, long count)
    {
        float[] values = new float[Rows * count];
        for (long row = 0; row < Rows; row++)
            Array.Copy(Values, (row * Columns) + from, values, row * count, count);
        return new(values, count, IsVector);
    }

    public Matrix Transposed()
    {
        float[] values = new float[Values.Length];
        for (int i = 0; i < values.Length; i++)
            values[(i % Columns * Rows) + (i / Columns)] = Values[i];
        return new(values, Rows);
    }

    private static Matrix From(TensorProto tensor, float[] values) =>
        new(values, tensor.Dims[^1], tensor.Dims.Count == 1 && values.Length > 1);
}
