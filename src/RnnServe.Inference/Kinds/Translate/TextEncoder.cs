using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>Runs the encoder graph over padded sentences.</summary>
/// <remarks>
/// A lone sentence is encoded twice: for a batch of one ONNX Runtime picks other kernels, whose sums differ in the last bit, and an answer
/// must not depend on who else is in the batch. Graphs of 8-bit products are no exception: the products are exact, but the mean over the
/// memory that the first states come from is not, and once in hundreds of sentences a rounding to 8 bits turns its last bit into a step of 1/127.
/// </remarks>
/// <param name="session">The encoder graph, already checked against the manifest.</param>
/// <param name="manifest">Names and sizes of the states, memory and keys.</param>
/// <param name="padId">The token that fills the shorter sentences.</param>
internal sealed class TextEncoder(Session session, DecoderManifest manifest, int padId) : IEncoder
{
    /// <summary>Sentences of a run from which on each gets the same encoding, bit for bit, whatever their number.</summary>
    private const int LeastSentences = 2;

    private readonly Binding binding = new(session);
    private readonly RowBuffer source = new(ElementType.Int64);
    private readonly RowBuffer sourceMask = new(ElementType.Float);
    private readonly Tensor[] inputs = new Tensor[session.Inputs.Count];

    public EncoderOutputs Outputs { get; } = new(session, manifest);

    public void Run(IReadOnlyList<Source> sources)
    {
        // Rounded up as in the decoder: with any number of positions, ONNX Runtime's sums differ in the last bit.
        int stride = SentenceMemory.RoundUp(sources.Max(s => s.Length));
        int count = Math.Max(sources.Count, LeastSentences);
        Fill(sources, count, stride);
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = session.Inputs[i].Name == TensorNames.Source ? source.Tensor : sourceMask.Tensor;
        Outputs.Shape(count, stride);
        binding.Run(inputs, Outputs.Tensors);
    }

    public void Dispose()
    {
        binding.Dispose();
        source.Dispose();
        sourceMask.Dispose();
        Outputs.Dispose();
    }

    private void Fill(IReadOnlyList<Source> sources, int count, int stride)
    {
        var ids = source.Shape(count, stride).AsSpan<long>();
        var real = sourceMask.Shape(count, stride).AsSpan<float>();
        for (int i = 0; i < count; i++)
        {
            int[] sentence = ((TextSource)sources[Math.Min(i, sources.Count - 1)]).Tokens;
            for (int s = 0; s < stride; s++)
            {
                bool inside = s < sentence.Length;
                ids[(i * stride) + s] = inside ? sentence[s] : padId;
                real[(i * stride) + s] = inside ? 1f : 0f;
            }
        }
    }
}
