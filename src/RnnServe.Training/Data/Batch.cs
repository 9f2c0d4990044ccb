using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Data;

/// <summary>One batch: the named inputs of the loss graph. Owns the tensors.</summary>
/// <param name="Inputs">Tensors by input name, padded to the longest sentence.</param>
/// <param name="Sentences">Number of sentences, B.</param>
/// <param name="TargetTokens">Target tokens that count in the loss, end tokens included, padding not.</param>
internal sealed record Batch(IReadOnlyDictionary<string, Tensor> Inputs, int Sentences, int TargetTokens) : IDisposable
{
    /// <summary>Some of the sentences, with the same padding. Target tokens are still the whole batch's.</summary>
    public Batch Rows(Range rows)
    {
        var (from, count) = rows.GetOffsetAndLength(Sentences);
        return this with { Inputs = Inputs.ToDictionary(input => input.Key, input => Rows(input.Value, from, count)), Sentences = count };
    }

    private static Tensor Rows(Tensor whole, int from, int count) => whole.Type switch
    {
        ElementType.Int64 => Rows<long>(whole, from, count),
        ElementType.Float => Rows<float>(whole, from, count),
        _ => throw new NotSupportedException($"Inputs of {whole.Type} have no rows."),
    };

    private static Tensor Rows<T>(Tensor whole, int from, int count) where T : unmanaged
    {
        int width = (int)(whole.Length / whole.Shape[0]);
        return Tensor.Copy<T>(whole.AsSpan<T>().Slice(from * width, count * width), [count, .. whole.Shape[1..]]);
    }

    public void Dispose()
    {
        foreach (var tensor in Inputs.Values)
            tensor.Dispose();
    }
}
