using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>Translates texts with one model. Thread-safe: any number of calls share the workers.</summary>
public sealed class Translator : LoadedModel
{
    private readonly SourceCutter cutter;

    /// <summary>Starts the workers.</summary>
    /// <param name="sessions">The model; the translator disposes it.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <exception cref="ArgumentException">The model does not translate.</exception>
    public Translator(ModelSessions sessions, BatchingOptions batching)
        : base(sessions, ModelTask.Translate, batching) => cutter = SourceCutter.Of(sessions.Bundle);

    /// <summary>Loads a bundle, starts its workers and tries its canary.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="options">Which graphs, and how to open them; null: the defaults.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged, contradicts the manifest or answers the canary
    /// wrongly.</exception>
    public static async Task<Translator> LoadAsync(
        string folder, BatchingOptions batching, LoadOptions? options = null, CancellationToken cancellation = default) =>
        (Translator)await TaskLoader.LoadAsync(ModelTask.Translate, folder, batching, options, cancellation).ConfigureAwait(false);

    /// <summary>Translates texts, all of them admitted together or not at all; answers in the same order.</summary>
    /// <param name="texts">Sentences or paragraphs. White space around and between sentences and sentences without a letter are kept as
    /// they are.</param>
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
        SearchLimits.Check(options, Manifest);

        // Tokenising takes longer than all else that a refused request costs; a text with a letter has a sentence.
        CheckRoom(texts.Count(PlainText.HasLetter));
        SourceText[] sources = [.. texts.Select(text => cutter.Cut(text, names: options.Attention))];
        if (options.Attention)
        {
            SearchLimits.CheckAttention(
                sources.Select(s => s.Sentences.Sum(tokens => (long)SearchLimits.Of(options, Manifest, tokens.Length).MaxLength)),
                sources.Select(s => s.Sentences.Sum(tokens => (long)tokens.Length)));
        }

        var sentences = sources.SelectMany(s => s.Sentences).Select(tokens => new TextSource(tokens));
        var decoded = await DecodeAsync(sentences, options, cancellation).ConfigureAwait(false);

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

    internal override async Task<(string Text, double Score)> AnswerAsync(string input, CancellationToken cancellation)
    {
        var translation = (await TranslateAsync([input], new TranslationOptions(), cancellation).ConfigureAwait(false))[0];
        return (translation.Text, translation.Score);
    }
}
