using RnnServe.Inference.Models;
using RnnServe.OnnxRuntime;

namespace RnnServe.Inference.Decoding;

/// <summary>Runs the encoder graph over padded sentences. Not thread-safe; the session may be shared.</summary>
/// <remarks>
/// A lone sentence is encoded twice: for a batch of one ONNX Runtime picks other kernels, whose sums differ in the last bit,
/// and an answer must not depend on who else is in the batch. A second row costs little, as the weights are read once.
/// </remarks>
internal sealed class TextEncoder : IDisposable
{
    private const int LeastSentences = 2;
    private readonly Session session;
    private readonly DecoderManifest manifest;
    private readonly int padId;
    private readonly RowBuffer source = new(ElementType.Int64);
    private readonly RowBuffer sourceMask = new(ElementType.Float);
    private readonly RowBuffer[] outputs;
    private readonly Tensor[] inputTensors;
    private readonly Tensor?[] outputTensors;

    /// <param name="session">The encoder graph, already checked against the manifest.</param>
    /// <param name="manifest">Names and sizes of the states, memory and keys.</param>
    /// <param name="padId">The token that fills the shorter sentences.</param>
    public TextEncoder(Session session, DecoderManifest manifest, int padId)
    {
        this.session = session;
        this.manifest = manifest;
        this.padId = padId;
        outputs = [.. session.Outputs.Select(_ => new RowBuffer(ElementType.Float))];
        inputTensors = new Tensor[session.Inputs.Count];
        outputTensors = new Tensor?[outputs.Length];
    }

    /// <summary>Memory of the last run, shape [at least n, S, M].</summary>
    public Tensor Memory => Output(TensorNames.Memory);

    /// <summary>Keys of the last run, shape [at least n, S, A].</summary>
    public Tensor Keys => Output(TensorNames.Keys);

    /// <summary>First state of the last run, shape [at least n, H].</summary>
    public Tensor State(StateManifest state) => Output(TensorNames.First(state.Name));

    /// <summary>Encodes sentences together.</summary>
    /// <param name="sources">Source tokens of each, the end token included.</param>
    public void Run(IReadOnlyList<int[]> sources)
    {
        int stride = SentenceMemory.RoundUp(sources.Max(s => s.Length));
        int count = Math.Max(sources.Count, LeastSentences);
        Fill(sources, count, stride);
        for (int i = 0; i < inputTensors.Length; i++)
            inputTensors[i] = session.Inputs[i].Name == TensorNames.Source ? source.Tensor : sourceMask.Tensor;
        for (int i = 0; i < outputs.Length; i++)
        {
            outputTensors[i] = session.Outputs[i].Name switch
            {
                TensorNames.Memory => outputs[i].Shape(count, stride, manifest.MemorySize),
                TensorNames.Keys => outputs[i].Shape(count, stride, manifest.KeySize),
                var name => outputs[i].Shape(count, manifest.States.First(s => TensorNames.First(s.Name) == name).Size),
            };
        }

        session.Run(inputTensors, outputTensors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        source.Dispose();
        sourceMask.Dispose();
        foreach (var output in outputs)
            output.Dispose();
    }

    private void Fill(IReadOnlyList<int[]> sources, int count, int stride)
    {
        var ids = source.Shape(count, stride).AsSpan<long>();
        var real = sourceMask.Shape(count, stride).AsSpan<float>();
        for (int i = 0; i < count; i++)
        {
            int[] sentence = sources[Math.Min(i, sources.Count - 1)];
            for (int s = 0; s < stride; s++)
            {
                bool inside = s < sentence.Length;
                ids[(i * stride) + s] = inside ? sentence[s] : padId;
                real[(i * stride) + s] = inside ? 1f : 0f;
            }
        }
    }

    private Tensor Output(string name)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (session.Outputs[i].Name == name)
                return outputs[i].Tensor;
        }

        throw new InvalidOperationException($"The encoder has no output '{name}'.");
    }
}
