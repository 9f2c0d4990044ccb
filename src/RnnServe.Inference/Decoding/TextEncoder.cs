using RnnServe.Inference.Models;
using RnnServe.OnnxRuntime;

namespace RnnServe.Inference.Decoding;

/// <summary>Runs the encoder graph over padded sentences.</summary>
/// <remarks>
/// A lone sentence is encoded twice by most graphs: for a batch of one ONNX Runtime picks other kernels, whose sums differ in the last
/// bit, and an answer must not depend on who else is in the batch. Sums of 8-bit products are exact: a graph of them needs no second row.
/// </remarks>
internal sealed class TextEncoder : IEncoder
{
    private readonly Session session;
    private readonly int padId;
    private readonly int leastSentences;
    private readonly RowBuffer source = new(ElementType.Int64);
    private readonly RowBuffer sourceMask = new(ElementType.Float);
    private readonly EncoderOutputs outputs;
    private readonly Tensor[] inputs;

    /// <param name="session">The encoder graph, already checked against the manifest.</param>
    /// <param name="manifest">Names and sizes of the states, memory and keys.</param>
    /// <param name="padId">The token that fills the shorter sentences.</param>
    /// <param name="leastSentences">What <see cref="LeastSentences"/> found for this graph.</param>
    public TextEncoder(Session session, DecoderManifest manifest, int padId, int leastSentences)
    {
        this.session = session;
        this.padId = padId;
        this.leastSentences = leastSentences;
        outputs = new EncoderOutputs(session, manifest);
        inputs = new Tensor[session.Inputs.Count];
    }

    /// <summary>Sentences of a run from which on each gets the same encoding, bit for bit, whatever their number.</summary>
    /// <returns>1 where one and two of a sentence are encoded alike in each of thousands of numbers, else 2.</returns>
    public static int LeastSentences(Session session, DecoderManifest manifest, TextEncoderManifest text)
    {
        var sentence = new TextSource([.. Enumerable.Range(0, 8).Select(i => i * (text.VocabularySize - 1) / 8), text.EndId]);
        using TextEncoder alone = new(session, manifest, text.PadId, 1), twice = new(session, manifest, text.PadId, 2);
        alone.Run([sentence]);
        twice.Run([sentence]);
        bool alike = alone.outputs.Tensors.Zip(twice.outputs.Tensors)
            .All(pair => pair.First!.AsSpan<float>().SequenceEqual(pair.Second!.AsSpan<float>()[..(int)pair.First.Length]));
        return alike ? 1 : 2;
    }

    /// <inheritdoc/>
    public Tensor Memory => outputs[TensorNames.Memory];

    /// <inheritdoc/>
    public Tensor Keys => outputs[TensorNames.Keys];

    /// <inheritdoc/>
    public Tensor State(StateManifest state) => outputs[TensorNames.First(state.Name)];

    /// <inheritdoc/>
    public void Run(IReadOnlyList<Source> sources)
    {
        int stride = SentenceMemory.RoundUp(sources.Max(s => s.Length));
        int count = Math.Max(sources.Count, leastSentences);
        Fill(sources, count, stride);
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = session.Inputs[i].Name == TensorNames.Source ? source.Tensor : sourceMask.Tensor;
        outputs.Shape(count, stride);
        session.Run(inputs, outputs.Tensors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        source.Dispose();
        sourceMask.Dispose();
        outputs.Dispose();
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
