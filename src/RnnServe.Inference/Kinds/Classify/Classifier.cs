using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Classify;

/// <summary>Says which label a text has. Thread-safe: any number of calls share the workers.</summary>
public sealed class Classifier : QueuedModel
{
    private readonly Tokenizer tokenizer;
    private readonly PlainText plainText;
    private readonly ClassifySection section;

    private Classifier(ModelBundle bundle, string precision, Session session, Tokenizer tokenizer, WorkerPool pool)
        : base(bundle, precision, session, Open(session, bundle, precision, pool))
    {
        this.tokenizer = tokenizer;
        plainText = new PlainText(tokenizer, bundle.Manifest.Languages.Source!);
        section = SectionOf(bundle);
    }

    /// <summary>The kind: text in, a label out.</summary>
    internal static ModelKind Kind { get; } = new("classify", typeof(ClassifyManifest), Open);

    /// <summary>Loads a bundle, starts its workers and tries its canary.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="options">Which graphs, and how to open them; null: the defaults.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged, contradicts the manifest or answers the canary
    /// wrongly.</exception>
    public static async Task<Classifier> LoadAsync(
        string folder, BatchingOptions batching, LoadOptions? options = null, CancellationToken cancellation = default) =>
        await KindLoader.LoadAsync<Classifier>(Kind, folder, batching, options, cancellation).ConfigureAwait(false);

    /// <summary>Classifies texts, all of them admitted together or not at all; answers in the same order.</summary>
    /// <param name="texts">Sentences or paragraphs.</param>
    /// <param name="attention">Whether to say how much each token counted; of a model without attention nobody knows it.</param>
    /// <param name="cancellation">Drops what still waits.</param>
    /// <exception cref="QueueFullException">Too many texts are waiting.</exception>
    /// <exception cref="NoTokenException">A text has no token.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is closing.</exception>
    public async Task<IReadOnlyList<Classification>> ClassifyAsync(
        IReadOnlyList<string> texts, bool attention, CancellationToken cancellation)
    {
        Queue.CheckRoom(texts.Count);
        string[] plain = [.. texts.Select(text => plainText.Of(text, out _))];
        int[][] tokens = [.. plain.Select(tokenizer.Encode)];
        if (Array.FindIndex(tokens, text => text.Length == 0) is var empty and >= 0)
            throw new NoTokenException(empty);
        ClassifyJob[] jobs = [.. tokens.Select(text => new ClassifyJob(text[..Math.Min(text.Length, section.MaxLength)]))];
        var answers = await Queue.RunAsync(jobs, cancellation).ConfigureAwait(false);
        return [.. answers.Select((answer, i) => Build(answer, jobs[i].Tokens, tokens[i].Length, attention ? plain[i] : null))];
    }

    private protected override async Task<CanaryAnswer> AnswerCanaryAsync(string input, CancellationToken cancellation)
    {
        var answer = (await ClassifyAsync([input], attention: false, cancellation).ConfigureAwait(false))[0];
        return new() { Text = answer.Label, Score = Math.Log(answer.Probability) };
    }

    private static ClassifySection SectionOf(ModelBundle bundle) => ((ClassifyManifest)bundle.Manifest).Classify;

    private static Classifier Open(ModelBundle bundle, LoadOptions options, WorkerPool pool)
    {
        var section = SectionOf(bundle);
        var tokenizer = TokenizerFile.Load(bundle.Folder, section.Tokenizer, "classify.vocabularySize", section.VocabularySize);
        string? precision = options.Precision;
        string path = BundleGraphs.Of(bundle, ref precision).Encoder;
        var session = BundleGraphs.Open(bundle, path, options.Sessions);
        try
        {
            TensorContract.Check(path, session, TextInputs.Contract, ClassifyRunner.OutputsOf(section));
            BundleGraphs.Try(path, "a text", () =>
            {
                using var tried = new ClassifyRunner(session, section);
                tried.Run([new ClassifyJob([section.PadId])]);
            });
            return new Classifier(bundle, precision, session, tokenizer, pool);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static RequestQueue Open(Session session, ModelBundle bundle, string precision, WorkerPool pool)
    {
        var meter = new ModelMeter(pool.Meter, bundle);
        return pool.Open(
            Cost.Of(pool.Options, precision, leastWidth: 1),
            () => new OneShotBatch<ClassifyJob>(() => new ClassifyRunner(session, SectionOf(bundle)), pool.Clock, meter));
    }

    /// <param name="answer">What the graph says.</param>
    /// <param name="read">The tokens that it read.</param>
    /// <param name="length">Tokens that the text has.</param>
    /// <param name="text">The text, where the attention is wanted.</param>
    private Classification Build(ClassifiedTokens answer, int[] read, int length, string? text) => new()
    {
        Label = section.Labels[Array.IndexOf(answer.Probabilities, answer.Probabilities.Max())],
        Probabilities = answer.Probabilities,
        Truncated = read.Length < length,
        Attention = section.Attention && text is not null ? new(WordNames.Of(text, read, tokenizer), answer.Weights) : null,
        SourceTokens = read.Length,
        Timing = answer.Timing,
    };
}
