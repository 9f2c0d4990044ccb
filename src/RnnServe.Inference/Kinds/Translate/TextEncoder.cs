using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>Runs the encoder graph over padded sentences.</summary>
/// <param name="session">The encoder graph, already checked against the manifest.</param>
/// <param name="manifest">Names and sizes of the states, memory and keys.</param>
/// <param name="padId">The token that fills the shorter sentences.</param>
internal sealed class TextEncoder(Session session, DecoderManifest manifest, int padId) : IEncoder
{
    private readonly Binding binding = new(session);
    private readonly TextInputs inputs = new(session, padId);

    public EncoderOutputs Outputs { get; } = new(session, manifest);

    public void Run(IReadOnlyList<Source> sources)
    {
        var (count, stride) = inputs.Fill([.. sources.Select(s => ((TextSource)s).Tokens)]);
        Outputs.Shape(count, stride);
        binding.Run(inputs.Tensors, Outputs.Tensors);
    }

    public void Dispose()
    {
        binding.Dispose();
        inputs.Dispose();
        Outputs.Dispose();
    }
}
