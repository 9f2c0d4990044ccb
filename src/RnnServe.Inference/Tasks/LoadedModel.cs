using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Batching;
using RnnServe.Inference.Decoding;
using RnnServe.Inference.Models;

namespace RnnServe.Inference.Tasks;

/// <summary>A model with its workers, whatever its task. Thread-safe: any number of calls share the workers.</summary>
public abstract class LoadedModel : IAsyncDisposable
{
    private readonly DecodeScheduler scheduler;
    private readonly TokenRules rules;

    /// <summary>Starts the workers.</summary>
    /// <param name="sessions">The model; it is disposed with this.</param>
    /// <param name="task">What it must do, a value of <see cref="ModelTask"/>.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <exception cref="ArgumentException">The model has another task.</exception>
    private protected LoadedModel(ModelSessions sessions, string task, BatchingOptions batching)
    {
        var manifest = sessions.Bundle.Manifest;
        if (manifest.Task != task)
            throw new ArgumentException($"'{manifest.Name}' has the task '{manifest.Task}', not '{task}'.", nameof(sessions));
        Sessions = sessions;
        rules = TokenRules.Of(manifest.Decoder);
        scheduler = new DecodeScheduler(
            sessions.CreateDecoder, batching, RowLimit.Of(batching, sessions.Precision, sessions.LeastWidth));
    }

    /// <summary>The model.</summary>
    public ModelSessions Sessions { get; }

    /// <summary>Sentences waiting for a worker.</summary>
    public int Queued => scheduler.Queued;

    private protected ModelManifest Manifest => Sessions.Bundle.Manifest;

    /// <summary>Answers the canary with the bundle's defaults and compares it with the recorded answer. Without a canary there is nothing
    /// to check; nor is there in another precision than the default, which may have another answer.</summary>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelBundleException">The answer is another one, or the graphs do not run.</exception>
    public async Task CheckCanaryAsync(CancellationToken cancellation = default)
    {
        if (Manifest.Canary is not { } canary || Sessions.Precision != Manifest.Graphs.Default)
            return;
        string text;
        try
        {
            text = await AnswerAsync(canary.Input, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OnnxRuntimeException or NotFiniteNumberException)
        {
            string found = $"an error ({error.Message.TrimEnd('.')})";
            throw new ModelBundleException(ManifestJson.FileName, "canary", found, $"'{canary.Expected}'", error);
        }

        if (text != canary.Expected)
            throw new ModelBundleException(ManifestJson.FileName, "canary", $"'{text}'", $"'{canary.Expected}'");
    }

    /// <summary>Admits nothing more, finishes what was admitted and disposes the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync().ConfigureAwait(false);
        Sessions.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The answer to a canary's input.</summary>
    private protected abstract Task<string> AnswerAsync(string input, CancellationToken cancellation);

    /// <summary>Refuses at once what <see cref="DecodeAsync"/> would refuse after more work; what passes may still be refused.</summary>
    /// <param name="sentences">How many there are at least.</param>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    private protected void CheckRoom(int sentences) => scheduler.CheckRoom(sentences);

    /// <summary>Searches the outputs of sources, all of them admitted together or not at all; results in the same order.</summary>
    private protected Task<IReadOnlyList<DecodedSentence>> DecodeAsync(
        IEnumerable<Source> sources, SearchOptions options, CancellationToken cancellation)
    {
        SentenceSearch[] searches =
            [.. sources.Select(source => new SentenceSearch(source, rules, SearchLimits.Of(options, Manifest, source.Length)))];
        return searches.Length == 0
            ? Task.FromResult<IReadOnlyList<DecodedSentence>>([])
            : scheduler.DecodeAsync(searches, cancellation);
    }
}
