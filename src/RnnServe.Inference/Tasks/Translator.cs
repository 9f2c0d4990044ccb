using RnnServe.Inference.Batching;
using RnnServe.Inference.Decoding;
using RnnServe.Inference.Models;
using RnnServe.OnnxRuntime;

namespace RnnServe.Inference.Tasks;

/// <summary>Translates texts with one model. Thread-safe: any number of calls share the workers.</summary>
public sealed class Translator : IAsyncDisposable
{
    private readonly DecodeScheduler scheduler;
    private readonly TokenRules rules;

    /// <summary>Starts the workers.</summary>
    /// <param name="sessions">The model; the translator disposes it.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <exception cref="ArgumentException">The model does not translate.</exception>
    public Translator(ModelSessions sessions, BatchingOptions batching)
    {
        var manifest = sessions.Bundle.Manifest;
        if (manifest.Task != ModelTask.Translate)
            throw new ArgumentException($"'{manifest.Name}' has the task '{manifest.Task}', not '{ModelTask.Translate}'.", nameof(sessions));
        Sessions = sessions;
        rules = TokenRules.Of(manifest.Decoder);
        scheduler = new DecodeScheduler(sessions.CreateDecoder, batching);
    }

    /// <summary>The model.</summary>
    public ModelSessions Sessions { get; }

    /// <summary>Sentences waiting for a worker.</summary>
    public int Queued => scheduler.Queued;

    private ModelManifest Manifest => Sessions.Bundle.Manifest;

    /// <summary>Loads a bundle, starts its workers and tries its canary.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="options">How to open the graphs; null: one thread per run.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged, contradicts the manifest or answers the canary
    /// wrongly.</exception>
    public static async Task<Translator> LoadAsync(
        string folder, BatchingOptions batching, SessionOptions? options = null, CancellationToken cancellation = default)
    {
        var bundle = ModelBundle.Load(folder);
        if (bundle.Manifest.Task != ModelTask.Translate)
            throw new ModelBundleException(ManifestJson.FileName, "task", $"'{bundle.Manifest.Task}'", $"'{ModelTask.Translate}'");
        var sessions = ModelSessions.Load(bundle, options);
        Translator translator;
        try
        {
            translator = new Translator(sessions, batching);
        }
        catch
        {
            sessions.Dispose();
            throw;
        }

        try
        {
            await translator.CheckCanaryAsync(cancellation).ConfigureAwait(false);
            return translator;
        }
        catch
        {
            await translator.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Translates the canary with the bundle's defaults and compares it with the recorded answer; without a canary there is
    /// nothing to check.</summary>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelBundleException">The answer is another one, or the graphs do not run.</exception>
    public async Task CheckCanaryAsync(CancellationToken cancellation = default)
    {
        if (Manifest.Canary is not { } canary)
            return;
        string text;
        try
        {
            text = (await TranslateAsync([canary.Input], new TranslationOptions(), cancellation).ConfigureAwait(false))[0].Text;
        }
        catch (Exception error) when (error is OnnxRuntimeException or NotFiniteNumberException)
        {
            string found = $"an error ({error.Message.TrimEnd('.')})";
            throw new ModelBundleException(ManifestJson.FileName, "canary", found, $"'{canary.Expected}'", error);
        }

        if (text != canary.Expected)
            throw new ModelBundleException(ManifestJson.FileName, "canary", $"'{text}'", $"'{canary.Expected}'");
    }

    /// <summary>Translates texts, all of them admitted together or not at all; answers in the same order.</summary>
    /// <param name="texts">Sentences or paragraphs. White space around and between sentences is kept; a text of nothing else is returned
    /// as it is.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Drops the work within one decode step.</param>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    /// <exception cref="ArgumentException">
    /// An option is outside the bundle's limits; its name is <see cref="ArgumentException.ParamName"/>.
    /// </exception>
    /// <exception cref="AttentionTooLargeException">The attention asked for could be too large.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The translator is closing.</exception>
    public async Task<IReadOnlyList<Translation>> TranslateAsync(
        IReadOnlyList<string> texts, TranslationOptions options, CancellationToken cancellation)
    {
        TranslationLimits.Check(options, Manifest);
        SourceText[] sources = [.. texts.Select(Cut)];
        TranslationLimits.CheckAttention(sources, options, Manifest);
        SentenceSearch[] searches = [.. sources.SelectMany(s => s.Sentences).Select(tokens => Search(tokens, options))];
        var decoded = searches.Length == 0 ? [] : await scheduler.DecodeAsync(searches, cancellation).ConfigureAwait(false);

        var builder = new TranslationBuilder(Sessions.Bundle.SourceTokenizer!, Sessions.Bundle.TargetTokenizer, options);
        var translations = new List<Translation>(texts.Count);
        int next = 0;
        foreach (var source in sources)
        {
            int count = source.Sentences.Count();
            translations.Add(builder.Build(source, [.. decoded.Skip(next).Take(count)]));
            next += count;
        }

        return translations;
    }

    /// <summary>Admits nothing more, finishes what was admitted and disposes the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync().ConfigureAwait(false);
        Sessions.Dispose();
    }

    private SourceText Cut(string text) => SourceText.Of(
        text, Sessions.Bundle.SourceTokenizer!, Manifest.Encoder!.EndId, Manifest.Decoding.Limits.SourceLength);

    private SentenceSearch Search(int[] tokens, TranslationOptions options) =>
        new(tokens, rules, TranslationLimits.Of(options, Manifest, tokens.Length));
}
