using RnnServe.Inference.Models;
using RnnServe.OnnxRuntime;

namespace RnnServe.Inference.Decoding;

/// <summary>Runs the encoder graph over padded sentences. Not thread-safe; the session may be shared.</summary>
internal sealed class TextEncoder : IDisposable
{
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

    /// <summary>Memory of the last run, shape [n, S, M].</summary>
    public Tensor Memory => Output(TensorNames.Memory);

    /// <summary>Keys of the last run, shape [n, S, A].</summary>
    public Tensor Keys => Output(TensorNames.Keys);

    /// <summary>First state of the last run, shape [n, H].</summary>
    public Tensor State(StateManifest state) => Output(TensorNames.First(state.Name));

    /// <summary>Encodes sentences together.</summary>
    /// <param name="sources">Source tokens of each, the end token included.</param>
    public void Run(IReadOnlyList<int[]> sources)
    {
        int stride = SentenceMemory.RoundUp(sources.Max(s => s.Length));
        Fill(sources, stride);
        for (int i = 0; i < inputTensors.Length; i++)
            inputTensors[i] = session.Inputs[i].Name == TensorNames.Source ? source.Tensor : sourceMask.Tensor;
        for (int i = 0; i < outputs.Length; i++)
        {
            outputTensors[i] = session.Outputs[i].Name switch
            {
                TensorNames.Memory => outputs[i].Shape(sources.Count, stride, manifest.MemorySize),
                TensorNames.Keys => outputs[i].Shape(sources.Count, stride, manifest.KeySize),
                var name => outputs[i].Shape(sources.Count, manifest.States.First(s => TensorNames.First(s.Name) == name).Size),
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

    private void Fill(IReadOnlyList<int[]> sources, int stride)
    {
        var ids = source.Shape(sources.Count, stride).AsSpan<long>();
        var real = sourceMask.Shape(sources.Count, stride).AsSpan<float>();
        for (int i = 0; i < sources.Count; i++)
        {
            for (int s = 0; s < stride; s++)
            {
                bool inside = s < sources[i].Length;
                ids[(i * stride) + s] = inside ? sources[i][s] : padId;
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
