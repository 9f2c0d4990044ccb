using RnnServe.Inference.Models;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Decoding;

/// <summary>Turns sources into what the decoder reads. Not thread-safe; the session behind it may be shared.</summary>
/// <remarks>The tensors belong to the encoder and are valid until the next run. n: sources of the last run.</remarks>
internal interface IEncoder : IDisposable
{
    /// <summary>Memory of the last run, shape [at least n, S, M]; only for models with attention.</summary>
    Tensor Memory { get; }

    /// <summary>Keys of the last run, shape [at least n, S, A]; only for models with attention.</summary>
    Tensor Keys { get; }

    /// <summary>First state of the last run, shape [at least n, H].</summary>
    Tensor State(StateManifest state);

    /// <summary>Encodes sources; what one gives does not depend on the others.</summary>
    /// <param name="sources">One or more, of the kind that the model reads.</param>
    void Run(IReadOnlyList<Source> sources);
}
