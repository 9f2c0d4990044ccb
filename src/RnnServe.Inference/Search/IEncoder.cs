namespace RnnServe.Inference.Search;

/// <summary>Turns sources into what the decoder reads. Not thread-safe; the session behind it may be shared.</summary>
/// <remarks>The tensors belong to the encoder and are valid until the next run. n: sources of the last run.</remarks>
internal interface IEncoder : IDisposable
{
    /// <summary>What the last run gave: memory [at least n, S, M] and keys [at least n, S, A], only for models with attention, and the
    /// first states [at least n, H].</summary>
    EncoderOutputs Outputs { get; }

    /// <summary>Encodes sources; what one gives does not depend on the others.</summary>
    /// <param name="sources">One or more, of the kind that the model reads.</param>
    void Run(IReadOnlyList<Source> sources);
}
