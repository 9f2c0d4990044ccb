using RnnServe.Inference.Batching;
using RnnServe.Inference.Models;

namespace RnnServe.Inference.Tasks;

/// <summary>Translates texts with one model. Thread-safe: any number of calls share the workers.</summary>
public sealed class Translator : IAsyncDisposable
{
    /// <summary>Starts the workers.</summary>
    /// <param name="sessions">The model; the translator disposes it.</param>
    /// <param name="batching">How calls share the workers.</param>
    public Translator(ModelSessions sessions, BatchingOptions batching)
    {
        _ = batching;
        Sessions = sessions;
    }

    /// <summary>The model.</summary>
    public ModelSessions Sessions { get; }

    /// <summary>Loads a bundle, starts its workers and tries its canary.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged, contradicts the manifest or answers the canary wrongly.</exception>
    public static Task<Translator> LoadAsync(
        string folder, BatchingOptions batching, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Translates the canary and compares it with the recorded answer.</summary>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelBundleException">The answer is another one.</exception>
    public Task CheckCanaryAsync(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Translates texts, all of them admitted together or not at all; answers in the same order.</summary>
    /// <param name="texts">Sentences or paragraphs. White space around and between sentences is kept; a text of nothing else is returned as it is.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Drops the work within one decode step.</param>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside the bundle's limits.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public Task<IReadOnlyList<Translation>> TranslateAsync(
        IReadOnlyList<string> texts, TranslationOptions options, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Admits nothing more, finishes what was admitted and disposes the model.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
