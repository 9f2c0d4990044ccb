using RnnServe.Inference.Onnx;

namespace RnnServe.Training;

/// <summary>One batch: the named inputs of the loss graph. Owns the tensors.</summary>
/// <param name="Inputs">Tensors by input name, padded to the longest sentence.</param>
/// <param name="Sentences">Number of sentences, B.</param>
/// <param name="TargetTokens">Target tokens that count in the loss, end tokens included, padding not.</param>
internal sealed record Batch(IReadOnlyDictionary<string, Tensor> Inputs, int Sentences, int TargetTokens) : IDisposable
{
    public void Dispose()
    {
        foreach (var tensor in Inputs.Values)
            tensor.Dispose();
    }
}
