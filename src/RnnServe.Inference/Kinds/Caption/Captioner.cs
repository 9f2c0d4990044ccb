using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>Captions images with one model. Thread-safe: any number of calls share the workers.</summary>
public sealed class Captioner : LoadedModel
{
    private readonly ImageReader reader;
    private readonly ImageReader forgetful;
    private int reading;

    /// <summary>Starts the workers.</summary>
    /// <param name="sessions">The model; the captioner disposes it.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="images">Limits of images and of what is remembered of them; null: the defaults.</param>
    /// <exception cref="ArgumentException">The model does not caption.</exception>
    public Captioner(ModelSessions sessions, BatchingOptions batching, ImageOptions? images = null)
        : base(sessions, ModelTask.Caption, batching)
    {
        images ??= new ImageOptions();
        reader = new ImageReader(Manifest.Image!, images);
        forgetful = new ImageReader(Manifest.Image!, new ImageOptions { CacheBytes = 0 });
        MaxWaiting = batching.MaxQueued;
    }

    /// <summary>How often an image came again and was neither decoded nor encoded.</summary>
    public FeatureCacheCounts Cache => reader.CacheCounts;

    /// <summary>Images that are being read or wait for a worker.</summary>
    public int Waiting => Volatile.Read(ref reading) + Queued;

    /// <summary>Most images that may wait; a request that would exceed it is refused.</summary>
    public int MaxWaiting { get; }

    /// <summary>Loads a bundle, starts its workers and tries its canary.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <param name="batching">How calls share the workers.</param>
    /// <param name="options">Which graphs, and how to open them; null: the defaults.</param>
    /// <param name="cancellation">Ends the canary's run.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged, contradicts the manifest or answers the canary
    /// wrongly.</exception>
    public static async Task<Captioner> LoadAsync(
        string folder,
        BatchingOptions batching,
        LoadOptions? options = null,
        CancellationToken cancellation = default) =>
        (Captioner)await TaskLoader.LoadAsync(ModelTask.Caption, folder, batching, options, cancellation).ConfigureAwait(false);

    /// <summary>Captions images, all of them admitted together or not at all; answers in the same order.</summary>
    /// <param name="images">Contents of JPEG, PNG, WebP or GIF files; they must not change before the call ends.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Drops the work within one decode step.</param>
    /// <exception cref="ImageRefusedException">An image is of another type, damaged or too large.</exception>
    /// <exception cref="QueueFullException">Too many images are waiting.</exception>
    /// <exception cref="ArgumentException">
    /// An option is outside the bundle's limits; its name is <see cref="ArgumentException.ParamName"/>.
    /// </exception>
    /// <exception cref="AttentionTooLargeException">The attention asked for could be too large.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The captioner is closing.</exception>
    public Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> images, CaptionOptions options, CancellationToken cancellation) =>
        CaptionAsync(reader, images, options, null, cancellation);

    /// <summary>The same for callers who want the files' memory back before the captions are there.</summary>
    /// <param name="images">Contents of the files; they and the list must not change before <paramref name="filesRead"/> is called.</param>
    /// <param name="options">How.</param>
    /// <param name="filesRead">Called once the files are not needed any more; not where the call fails before.</param>
    /// <param name="cancellation">Drops the work within one decode step.</param>
    /// <inheritdoc cref="CaptionAsync(IReadOnlyList{ReadOnlyMemory{byte}}, CaptionOptions, CancellationToken)" path="/exception"/>
    public Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> images, CaptionOptions options, Action filesRead, CancellationToken cancellation) =>
        CaptionAsync(reader, images, options, filesRead, cancellation);

    /// <summary>Captions images whose encoder outputs are known, as a training's are.</summary>
    internal async Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        IReadOnlyList<ImageFeatures> features, CaptionOptions options, CancellationToken cancellation)
    {
        SearchLimits.Check(options, Manifest);
        var images = features.Select(f => new ReadImage(null, ImageSource.Of(f, Manifest.Image!.Cells), 0)).ToList();
        var decoded = await DecodeAsync(images.Select(image => image.Source), options, cancellation).ConfigureAwait(false);
        return [.. images.Zip(decoded, (image, sentence) => Build(image, sentence, options))];
    }

    /// <remarks>Without the cache: a canary must run the encoder whenever it is asked.</remarks>
    internal override async Task<(string Text, double Score)> AnswerAsync(string input, CancellationToken cancellation)
    {
        byte[] file = await File.ReadAllBytesAsync(Path.Combine(Sessions.Bundle.Folder, input), cancellation).ConfigureAwait(false);
        try
        {
            var caption = (await CaptionAsync(forgetful, [file], new CaptionOptions(), null, cancellation).ConfigureAwait(false))[0];
            return (caption.Text, caption.Score);
        }
        catch (ImageRefusedException error)
        {
            throw new ModelBundleException(input, "", error.Message.TrimEnd('.'), "an image that this program reads", error);
        }
    }

    private async Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        ImageReader reader,
        IReadOnlyList<ReadOnlyMemory<byte>> files,
        CaptionOptions options,
        Action? filesRead,
        CancellationToken cancellation)
    {
        SearchLimits.Check(options, Manifest);
        int cells = Manifest.Image!.Cells;
        if (options.Attention)
        {
            long rows = SearchLimits.Of(options, Manifest, cells).MaxLength;
            SearchLimits.CheckAttention(files.Select(_ => rows), files.Select(_ => (long)cells));
        }

        // Refused before any image is decoded is what would be refused after it: decoded images take far more memory. The places are held
        // until the queue has counted the images.
        int places = files.Count;
        IReadOnlyList<ReadImage> images;
        Task<IReadOnlyList<DecodedSentence>> decoding;
        Reserve(places);
        try
        {
            images = await reader.ReadAsync(files, cancellation).ConfigureAwait(false);
            filesRead?.Invoke();
            decoding = DecodeAsync(images.Select(image => image.Source), options, cancellation);
        }
        finally
        {
            Interlocked.Add(ref reading, -places);
        }

        var decoded = await decoding.ConfigureAwait(false);
        reader.Remember(images);
        return [.. images.Zip(decoded, (image, sentence) => Build(image, sentence, options))];
    }

    /// <summary>Takes places for images, all of them or none, so that a request that is refused takes none from another.</summary>
    private void Reserve(int places)
    {
        while (true)
        {
            int before = Volatile.Read(ref reading);
            int waiting = before + Queued;
            if (waiting + places > MaxWaiting)
                throw new QueueFullException(waiting, places, MaxWaiting);
            if (Interlocked.CompareExchange(ref reading, before + places, before) == before)
                return;
        }
    }

    private ImageCaption Build(ReadImage image, DecodedSentence decoded, CaptionOptions options)
    {
        var tokenizer = Sessions.Bundle.TargetTokenizer;
        var best = decoded.Hypotheses[0];
        string text = tokenizer.Decode(best.Tokens);
        return new ImageCaption
        {
            Text = text,
            Score = best.Score,
            Confidence = Answers.Confidence(best),
            Truncated = best.Truncated,
            Alternatives = Answers.Distinct(text, decoded.Hypotheses.Skip(1).Select(
                h => new Alternative(tokenizer.Decode(h.Tokens), h.Score, Answers.Confidence(h)))),
            Tokens = options.Tokens ? Answers.Tokens(tokenizer, best) : null,
            Attention = options.Attention ? Attention(best) : null,
            ImageMs = image.Milliseconds,
            Timing = decoded.Timing,
        };
    }

    private CaptionAttention Attention(Hypothesis best) => new(
        Manifest.Image!.Grid,
        [.. best.Tokens.Select(token => Answers.Shown(Sessions.Bundle.TargetTokenizer, token))],
        best.Attention!);
}
