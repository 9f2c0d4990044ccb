using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Search;

/// <summary>The decoder of a bundle: an encoder and a step graph, driven over preallocated tensors.</summary>
/// <remarks>Sessions may be shared by many decoders; a decoder belongs to one thread.</remarks>
internal sealed class OnnxDecoder : IDecoder
{
    private readonly DecoderManifest manifest;
    private readonly IEncoder encoder;
    private readonly SentenceMemory? memory;
    private readonly StateRows[] states;
    private readonly RowBuffer token = new(ElementType.Int64);
    private readonly RowBuffer logits = new(ElementType.Float);
    private readonly RowBuffer attention = new(ElementType.Float);
    private readonly Tensor[] inputs;
    private readonly Tensor?[] outputs;
    private readonly int[] allOutputs;
    private readonly int[] outputsWithoutAttention;
    private readonly Func<Tensor>[] inputOf;
    private readonly Func<Tensor>[] outputOf;

    // One for each order of the two copies of the states, without and with attention: from step to step nothing is bound anew.
    private readonly Binding[] bindings;
    private int sentences;
    private int width = 1;

    /// <param name="encoder">The encoder of the same bundle; the decoder disposes it.</param>
    /// <param name="session">The step graph, checked against the manifest.</param>
    /// <param name="manifest">Names and sizes.</param>
    public OnnxDecoder(IEncoder encoder, Session session, DecoderManifest manifest)
    {
        this.encoder = encoder;
        this.manifest = manifest;
        memory = manifest.Attention ? new SentenceMemory(manifest.MemorySize, manifest.KeySize) : null;
        states = [.. manifest.States.Select(s => new StateRows(s.Size))];
        inputs = new Tensor[session.Inputs.Count];
        outputs = new Tensor?[session.Outputs.Count];
        inputOf = [.. session.Inputs.Select(i => InputNamed(i.Name))];
        outputOf = [.. session.Outputs.Select(o => OutputNamed(o.Name))];
        allOutputs = [.. Enumerable.Range(0, session.Outputs.Count)];
        outputsWithoutAttention = [.. allOutputs.Where(i => session.Outputs[i].Name != TensorNames.Attention)];
        bindings = [new(session, outputsWithoutAttention), new(session, outputsWithoutAttention), new(session), new(session)];
    }

    public int VocabularySize => manifest.VocabularySize;

    public int LeastWidth => LeastWidthOf(manifest);

    private int Rows => sentences * width;

    /// <summary>Rows of a sentence at least.</summary>
    /// <remarks>
    /// The attention multiplies [K, S] by [S, M] for each sentence. For K = 1 ONNX Runtime picks another kernel, whose sums
    /// differ in the last bit; with two rows a greedy sentence gets the same answer next to a wider one and alone.
    /// </remarks>
    public static int LeastWidthOf(DecoderManifest manifest) => manifest.Attention ? 2 : 1;

    public void Start(IReadOnlyList<Source> sources, int width)
    {
        if (sentences > 0 && width != this.width)
            throw new ArgumentException($"The batch has {this.width} rows per sentence, not {width}.", nameof(width));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, LeastWidth);
        this.width = width;
        encoder.Run(sources);
        for (int i = 0; i < states.Length; i++)
            states[i].Append(Rows, encoder.Outputs[TensorNames.First(manifest.States[i].Name)], sources.Count, width);
        memory?.Append([.. sources.Select(s => s.Length)], encoder.Outputs[TensorNames.Memory], encoder.Outputs[TensorNames.Keys]);
        sentences += sources.Count;
    }

    public DecoderOutput Advance(ReadOnlySpan<int> tokens, bool attention)
    {
        if (tokens.Length != Rows || Rows == 0)
            throw new ArgumentException($"There are {Rows} rows, not {tokens.Length}.", nameof(tokens));
        if (attention && memory is null)
            throw new ArgumentException("The model has no attention.", nameof(attention));
        var ids = token.Shape(Rows).AsSpan<long>();
        for (int row = 0; row < tokens.Length; row++)
            ids[row] = tokens[row];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = inputOf[i]();
        int[] wanted = attention ? allOutputs : outputsWithoutAttention;
        for (int i = 0; i < wanted.Length; i++)
            outputs[i] = outputOf[wanted[i]]();

        int binding = (attention ? 2 : 0) + (states is [{ Swapped: true }, ..] ? 1 : 0);
        bindings[binding].Run(inputs, outputs.AsSpan(0, wanted.Length));
        foreach (var state in states)
            state.Swap();
        return new DecoderOutput
        {
            Logits = logits.Tensor.AsSpan<float>(),
            Attention = attention ? this.attention.Tensor.AsSpan<float>() : default,
            SourceLength = memory?.SourceLength ?? 0,
        };
    }

    public void Reorder(ReadOnlySpan<int> parents, int width)
    {
        Span<int> kept = parents.Length / width <= 256 ? stackalloc int[parents.Length / width] : new int[parents.Length / width];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = parents[i * width] / this.width;
            if (i > 0 && kept[i] <= kept[i - 1])
                throw new ArgumentException("Sentences must keep their order.", nameof(parents));
        }

        memory?.Keep(kept);
        if (parents.Length > 0)
        {
            foreach (var state in states)
                state.Gather(parents);
        }

        sentences = kept.Length;
        this.width = width;
    }

    public void Dispose()
    {
        foreach (var binding in bindings)
            binding.Dispose();
        encoder.Dispose();
        memory?.Dispose();
        token.Dispose();
        logits.Dispose();
        attention.Dispose();
        foreach (var state in states)
            state.Dispose();
    }

    private Func<Tensor> InputNamed(string name)
    {
        int state = StateIndex(name, s => s);
        return name switch
        {
            TensorNames.Token => () => token.Tensor,
            TensorNames.Memory => () => memory!.Memory,
            TensorNames.Keys => () => memory!.Keys,
            TensorNames.Mask => () => memory!.Mask,
            _ => () => states[state].Current,
        };
    }

    private Func<Tensor> OutputNamed(string name)
    {
        int state = StateIndex(name, TensorNames.Next);
        return name switch
        {
            TensorNames.Logits => () => logits.Shape(Rows, manifest.VocabularySize),
            TensorNames.Attention => () => attention.Shape(Rows, memory!.SourceLength),
            _ => () => states[state].Spare(Rows),
        };
    }

    private int StateIndex(string name, Func<string, string> naming)
    {
        for (int i = 0; i < states.Length; i++)
        {
            if (naming(manifest.States[i].Name) == name)
                return i;
        }

        return -1;
    }
}
