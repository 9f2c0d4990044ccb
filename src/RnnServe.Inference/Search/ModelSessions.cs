using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Search;

/// <summary>The open graphs of a bundle, shared by all decode workers.</summary>
public sealed class ModelSessions : IDisposable
{
    private ModelSessions(ModelBundle bundle, string precision, Session encoder, Session decoder)
    {
        Bundle = bundle;
        Precision = precision;
        Encoder = encoder;
        Decoder = decoder;
    }

    /// <summary>The bundle that the graphs come from.</summary>
    public ModelBundle Bundle { get; }

    /// <summary>The precision that was opened: <c>fp32</c> or <c>int8</c>.</summary>
    public string Precision { get; }

    /// <summary>The encoder graph.</summary>
    internal Session Encoder { get; }

    /// <summary>The decoder's step graph.</summary>
    internal Session Decoder { get; }

    /// <summary>Opens the graphs and checks the names, types and shapes of their tensors against the manifest.</summary>
    /// <param name="bundle">A validated bundle.</param>
    /// <param name="options">How to open them; null: one thread per run, which is the fastest with a worker per core.</param>
    /// <param name="precision">Which graphs; null: the manifest's default.</param>
    /// <exception cref="ModelBundleException">A graph cannot be opened or is not what the manifest says.</exception>
    /// <exception cref="ArgumentException">Outputs of such models are not searched.</exception>
    public static ModelSessions Load(ModelBundle bundle, ExecutionOptions? options = null, string? precision = null)
    {
        if (bundle.Manifest is not SearchManifest manifest)
        {
            throw new ArgumentException(
                $"'{bundle.Manifest.Name}' has the task '{bundle.Manifest.Task}', whose outputs are not searched.", nameof(bundle));
        }

        var graphs = BundleGraphs.Of(bundle, ref precision);
        var (decoder, contract) = (manifest.Decoder, manifest.Encoder);
        var encoder = BundleGraphs.Open(bundle, graphs.Encoder, options);
        Session? step = null;
        try
        {
            step = BundleGraphs.Open(bundle, graphs.Decoder!, options);
            TensorContract.Check(graphs.Encoder, encoder, contract.Inputs, EncoderOutputsOf(decoder, contract.Positions));
            TensorContract.Check(graphs.Decoder!, step, StepInputsOf(decoder), StepOutputsOf(decoder));
            BundleGraphs.Try(graphs.Encoder, contract.TrialName, () =>
            {
                using var tried = contract.Create(encoder);
                tried.Run([contract.Trial]);
            });
            return new ModelSessions(bundle, precision, encoder, step);
        }
        catch
        {
            encoder.Dispose();
            step?.Dispose();
            throw;
        }
    }

    /// <summary>What the bundle says.</summary>
    internal SearchManifest Manifest => (SearchManifest)Bundle.Manifest;

    /// <inheritdoc cref="OnnxDecoder.LeastWidthOf"/>
    internal int LeastWidth => OnnxDecoder.LeastWidthOf(Manifest.Decoder);

    /// <summary>A decoder over these graphs, for one thread.</summary>
    internal OnnxDecoder CreateDecoder() => new(Manifest.Encoder.Create(Encoder), Decoder, Manifest.Decoder);

    /// <inheritdoc/>
    public void Dispose()
    {
        Encoder.Dispose();
        Decoder.Dispose();
    }

    private static ExpectedTensor[] EncoderOutputsOf(DecoderManifest decoder, TensorSize positions) =>
    [
        .. decoder.Attention
            ?
            [
                TensorContract.Float(TensorNames.Memory, TensorContract.Any, positions, decoder.MemorySize),
                TensorContract.Float(TensorNames.Keys, TensorContract.Any, positions, decoder.KeySize),
            ]
            : Array.Empty<ExpectedTensor>(),
        .. decoder.States.Select(s => TensorContract.Float(TensorNames.First(s.Name), TensorContract.Any, s.Size)),
    ];

    private static ExpectedTensor[] StepInputsOf(DecoderManifest decoder) =>
    [
        TensorContract.Long(TensorNames.Token, TensorContract.Any),
        .. decoder.States.Select(s => TensorContract.Float(s.Name, TensorContract.Any, s.Size)),
        .. decoder.Attention
            ?
            [
                TensorContract.Float(TensorNames.Memory, TensorContract.Any, TensorContract.Any, decoder.MemorySize),
                TensorContract.Float(TensorNames.Keys, TensorContract.Any, TensorContract.Any, decoder.KeySize),
                TensorContract.Float(TensorNames.Mask, TensorContract.Any, TensorContract.Any),
            ]
            : Array.Empty<ExpectedTensor>(),
    ];

    private static ExpectedTensor[] StepOutputsOf(DecoderManifest decoder) =>
    [
        TensorContract.Float(TensorNames.Logits, TensorContract.Any, decoder.VocabularySize),
        .. decoder.States.Select(s => TensorContract.Float(TensorNames.Next(s.Name), TensorContract.Any, s.Size)),
        .. decoder.Attention
            ? [TensorContract.Float(TensorNames.Attention, TensorContract.Any, TensorContract.Any)]
            : Array.Empty<ExpectedTensor>(),
    ];
}
