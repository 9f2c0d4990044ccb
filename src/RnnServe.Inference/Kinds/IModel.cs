using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Kinds;

/// <summary>A model that answers, whatever its kind. Thread-safe: any number of calls share the workers.</summary>
/// <remarks>Disposing admits nothing more, finishes what was admitted and frees the graphs.</remarks>
public interface IModel : IAsyncDisposable
{
    /// <summary>The bundle that it comes from.</summary>
    ModelBundle Bundle { get; }

    /// <summary>The precision that was opened: <c>fp32</c> or <c>int8</c>.</summary>
    string Precision { get; }

    /// <summary>Jobs waiting for a worker, or read before they do.</summary>
    int Queued { get; }

    /// <summary>Rows that one worker runs of it at once at most.</summary>
    int MaxRows { get; }

    /// <summary>The answer to a canary's input.</summary>
    /// <exception cref="ModelBundleException">The input is none that the model reads.</exception>
    internal Task<CanaryAnswer> AnswerCanaryAsync(string input, CancellationToken cancellation);
}
