using RnnServe.Inference.Bundles;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>Translates texts with one model. Thread-safe: any number of calls share the workers.</summary>
public sealed class Translator : SearchModel
{
    private readonly SourceCutter cutter;
    private readonly OutputPrefix prefixes;
    private readonly Tokenizer source;

    private Translator(ModelSessions sessions, Tokenizer source, Tokenizer target, WorkerPool pool)
        : base(sessions, target, pool)
    {
        this.source = source;
        int longest = Manifest.Decoding.Limits.SourceLength;
        var (endId, placeholders) = (Manifest.Translate.Encoder.EndId, Manifest.Translate.Placeholders);
        prefixes = new OutputPrefix(target, Banned);
        cutter = new SourceCutter(source, Manifest.Languages.Source!, endId, longest, placeholders);
    }

    /// <summary>The kind: text in one language in, text in another out.</summary>
    internal static ModelKind Kind { get; } = new("translate", typeof(TranslateManifest), Open);

    private TranslateManifest Manifest => (TranslateManifest)Bundle.Manifest;

    /// <summary>Loads a bundle, starts its workers and tries its canary.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="options">Which graphs, and how to open them; null: the defaults.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged, contradicts the manifest or answers the canary
    /// wrongly.</exception>
    public static async Task<Translator> LoadAsync(
        string folder, BatchingOptions batching, LoadOptions? options = null, CancellationToken cancellation = default) =>
        await KindLoader.LoadAsync<Translator>(Kind, folder, batching, options, cancellation).ConfigureAwait(false);

    /// <summary>Translates texts, all of them admitted together or not at all; answers in the same order.</summary>
    /// <param name="texts">Sentences or paragraphs. White space around and between sentences and sentences without a letter, or without
    /// one beside addresses and the like, where the model copies these, are kept as they are.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Drops the work within one decode step.</param>
    /// <exception cref="QueueFullException">Too many sentences are waiting.</exception>
    /// <exception cref="ArgumentException">
    /// An option is outside the bundle's limits; its name is <see cref="ArgumentException.ParamName"/>.
    /// </exception>
    /// <exception cref="AttentionTooLargeException">The attention asked for could be too large.</exception>
    /// <exception cref="PrefixRefusedException">The translation cannot begin with the prefix that was asked for.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The translator is closing.</exception>
    public Task<IReadOnlyList<Translation>> TranslateAsync(
        IReadOnlyList<string> texts, SearchOptions options, CancellationToken cancellation) =>
        TranslateAsync(texts, options, written: null, cancellation);

    /// <summary>Translates a text and tells the translation as it grows.</summary>
    /// <param name="text">Sentences or paragraphs.</param>
    /// <param name="options">How.</param>
    /// <param name="written">Told piece by piece, on a worker's thread, what the translation begins with; nothing is taken back, and all
    /// pieces together are its text.</param>
    /// <param name="cancellation">Drops the work within one decode step.</param>
    /// <inheritdoc cref="TranslateAsync(IReadOnlyList{string}, SearchOptions, CancellationToken)" path="/exception"/>
    public async Task<Translation> TranslateAsync(
        string text, SearchOptions options, Action<string> written, CancellationToken cancellation) =>
        (await TranslateAsync([text], options, written, cancellation).ConfigureAwait(false))[0];

    private async Task<IReadOnlyList<Translation>> TranslateAsync(
        IReadOnlyList<string> texts, SearchOptions options, Action<string>? written, CancellationToken cancellation)
    {
        Check(options);

        // Tokenising takes longer than all else that a refused request costs; a text with a letter mostly has a
        // sentence.
        Queue.CheckRoom(texts.Count(PlainText.HasLetter));
        SourceText[] sources = [.. texts.Select(text => cutter.Cut(text, names: options.Attention))];
        var beginning = Begin(sources, options.Prefix);
        if (options.Attention)
        {
            AttentionLimit.Check(sources.Select(s => (
                s.Sentences.Sum(tokens => (long)options.For(Manifest, tokens.Length, beginning?.Tokens ?? 0).MaxLength),
                s.Sentences.Sum(tokens => (long)tokens.Length))));
        }

        var sentences = sources.SelectMany(s => s.Sentences.Select((tokens, number) => new SearchInput(new TextSource(tokens))
        {
            Number = number,
            Beginning = number == 0 ? beginning : null,
        }));
        var builder = new TranslationBuilder(source, Target, options);
        var stream = written is null ? null : new TextStream(sources[0], builder, written);
        var decoded = await DecodeAsync(sentences, options, cancellation, stream is null ? null : stream.Tell).ConfigureAwait(false);
        stream?.End();
        var translations = new List<Translation>(texts.Count);
        int next = 0;
        foreach (var text in sources)
        {
            int count = text.Sentences.Count();
            translations.Add(builder.Build(text, [.. decoded.Skip(next).Take(count)]));
            next += count;
        }

        return beginning is null ? translations : [Begun(translations[0], options.Prefix!, beginning.Tokens)];
    }

    /// <summary>What was cut within the prefix does not count.</summary>
    private static Translation Begun(Translation translation, string prefix, int tokens)
    {
        return Begins(translation.Text)
            ? translation with { Alternatives = [.. translation.Alternatives.Where(other => Begins(other.Text))] }
            : throw new PrefixRefusedException(
                $"prefix has about {tokens} tokens, and the translation ended before it did: ask for a greater maxLength.");

        bool Begins(string text) => text.StartsWith(prefix, StringComparison.Ordinal);
    }

    private Beginning? Begin(SourceText[] texts, string? prefix)
    {
        if (prefix is not { Length: > 0 })
            return null;
        return texts.Length == 1
            ? prefixes.Of(ref texts[0], prefix)
            : throw new PrefixRefusedException($"prefix is for one text; the request has {texts.Length}.");
    }

    private protected override async Task<CanaryAnswer> AnswerCanaryAsync(string input, CancellationToken cancellation)
    {
        var translation = (await TranslateAsync([input], new SearchOptions(), cancellation).ConfigureAwait(false))[0];
        return new() { Text = translation.Text, Score = translation.Score };
    }

    private static Translator Open(ModelBundle bundle, LoadOptions options, WorkerPool pool)
    {
        var (source, target) = ((TranslateManifest)bundle.Manifest).LoadTokenizers(bundle.Folder);
        return new Translator(ModelSessions.Load(bundle, options.Sessions, options.Precision), source, target, pool);
    }
}
