using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Kinds;

/// <summary>A model with its workers, whatever its task. Thread-safe: any number of calls share the workers.</summary>
public abstract class LoadedModel : IAsyncDisposable
{
    /// <summary>
    /// How far a canary's score may be off on another processor, as a share of it, or of 1 where it is smaller. Kernels sum in other orders
    /// (1e-6); an activation that lies between two 8-bit numbers may become the other one.
    /// </summary>
    private const double FullTolerance = 0.001, QuantizedTolerance = 0.003;

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
        rules = TokenRules.Of(manifest.Decoder, sessions.Bundle.TargetTokenizer);
        scheduler = new DecodeScheduler(
            sessions.CreateDecoder, batching, RowLimit.Of(batching, sessions.Precision, sessions.LeastWidth));
    }

    /// <summary>The model.</summary>
    public ModelSessions Sessions { get; }

    /// <summary>Sentences waiting for a worker.</summary>
    public int Queued => scheduler.Queued;

    private protected ModelManifest Manifest => Sessions.Bundle.Manifest;

    /// <summary>Answers the canary with the bundle's defaults and compares text and score with the recorded answer of the precision. Without
    /// a canary there is nothing to check.</summary>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelBundleException">The answer is another one, or the graphs do not run.</exception>
    public async Task CheckCanaryAsync(CancellationToken cancellation = default)
    {
        var recorded = Manifest.Canary?.Answers?.Of(Sessions.Precision);
        var expected = recorded?.Text ?? (Sessions.Precision == Manifest.Graphs.Default ? Manifest.Canary?.Expected : null);
        if (Manifest.Canary is not { } canary || expected is null)
            return;
        string text;
        double score;
        try
        {
            (text, score) = await AnswerAsync(canary.Input, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OnnxRuntimeException or NotFiniteNumberException)
        {
            string found = $"an error ({error.Message.TrimEnd('.')})";
            throw new ModelBundleException(ManifestJson.FileName, "canary", found, $"'{expected}'", error);
        }

        if (text != expected)
            throw new ModelBundleException(ManifestJson.FileName, "canary", $"'{text}'", $"'{expected}'");
        if (recorded is null)
            return;
        double share = Sessions.Precision == PrecisionSet.QuantizedName ? QuantizedTolerance : FullTolerance;
        double tolerance = share * Math.Max(1, Math.Abs(recorded.Score));
        if (!(Math.Abs(score - recorded.Score) <= tolerance))
        {
            throw new ModelBundleException(
                ManifestJson.FileName, $"canary.answers.{Sessions.Precision}.score", FormattableString.Invariant($"{score:F5}"), FormattableString.Invariant($"{recorded.Score} ± {tolerance:G2}"));
        }
    }

    /// <summary>Admits nothing more, finishes what was admitted and disposes the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync().ConfigureAwait(false);
        Sessions.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The answer to a canary's input.</summary>
    internal abstract Task<(string Text, double Score)> AnswerAsync(string input, CancellationToken cancellation);

    /// <summary>Refuses at once what <see cref="DecodeAsync"/> would refuse after more work; what passes may still be refused.</summary>
    /// <param name="sentences">How many there are at least.</param>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    private protected void CheckRoom(int sentences) => scheduler.CheckRoom(sentences);

    /// <summary>Searches the outputs of sources, all of them admitted together or not at all; results in the same order.</summary>
    private protected Task<IReadOnlyList<DecodedSentence>> DecodeAsync(
        IEnumerable<Source> sources, SearchOptions options, CancellationToken cancellation)
    {
        BeamSearch[] searches =
            [.. sources.Select(source => new BeamSearch(source, rules, SearchLimits.Of(options, Manifest, source.Length)))];
        return searches.Length == 0
            ? Task.FromResult<IReadOnlyList<DecodedSentence>>([])
            : scheduler.DecodeAsync(searches, cancellation);
    }
}
