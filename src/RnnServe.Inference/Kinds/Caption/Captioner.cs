using RnnServe.Inference.Bundles;
using RnnServe.Inference.Images;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>Captions images with one model. Thread-safe: any number of calls share the workers.</summary>
public sealed class Captioner : SearchModel
{
    private readonly ImageReader reader;
    private readonly ImageReader forgetful;

    private Captioner(ModelSessions sessions, Tokenizer target, LoadOptions options, WorkerPool pool)
        : base(sessions, target, pool)
    {
        var meter = new ModelMeter(pool.Meter, Bundle);
        reader = new ImageReader(Manifest.Image, options.Images, options.ImageCacheBytes, meter);
        forgetful = new ImageReader(Manifest.Image, new ImageLimits(), cacheBytes: 0, meter);
        MaxWaiting = pool.Options.MaxQueued;
    }

    /// <summary>The kind: an image in, a sentence out.</summary>
    internal static ModelKind Kind { get; } = new("caption", typeof(CaptionManifest), Open);

    private CaptionManifest Manifest => (CaptionManifest)Bundle.Manifest;

    /// <summary>How often an image came again and was neither decoded nor encoded.</summary>
    public FeatureCacheCounts Cache => reader.CacheCounts;

    /// <summary>Images that are being read or wait for a worker.</summary>
    public int Waiting => Queued;

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
        await KindLoader.LoadAsync<Captioner>(Kind, folder, batching, options, cancellation).ConfigureAwait(false);

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
        IReadOnlyList<ReadOnlyMemory<byte>> images, SearchOptions options, CancellationToken cancellation) =>
        CaptionAsync(reader, images, options, cancellation);

    /// <summary>The first half of that, for callers who want the files' memory back before the captions are there.</summary>
    /// <param name="images">Contents of the files; they must not change before the call ends.</param>
    /// <param name="options">How they will be captioned.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The images, which have their places among those that wait until they are disposed.</returns>
    /// <inheritdoc cref="CaptionAsync(IReadOnlyList{ReadOnlyMemory{byte}}, SearchOptions, CancellationToken)" path="/exception"/>
    public Task<ReadImages> ReadAsync(IReadOnlyList<ReadOnlyMemory<byte>> images, SearchOptions options, CancellationToken cancellation) =>
        ReadAsync(reader, images, options, cancellation);

    /// <summary>The second half.</summary>
    /// <param name="images">What <see cref="ReadAsync(IReadOnlyList{ReadOnlyMemory{byte}}, SearchOptions, CancellationToken)"/>
    /// gave.</param>
    /// <param name="cancellation">Drops the work within one decode step.</param>
    /// <param name="written">Told piece by piece, on a worker's thread, what the caption of a single image begins with; nothing is taken
    /// back, and all pieces together are its text. Null: nobody is told.</param>
    /// <inheritdoc cref="CaptionAsync(IReadOnlyList{ReadOnlyMemory{byte}}, SearchOptions, CancellationToken)" path="/exception"/>
    public async Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        ReadImages images, CancellationToken cancellation, Action<string>? written = null)
    {
        var growing = written is null ? null : new GrowingText(written);
        Action<int, int[], bool>? told = growing is null ? null : (_, tokens, ended) =>
            growing.Tell(ended ? Target.Decode(tokens) : GrowingText.Settled(Target, tokens));

        var inputs = images.All.Select(image => new SearchInput(image.Source));
        var decoded = await DecodeAsync(inputs, images.Options, cancellation, told, images.Reservation).ConfigureAwait(false);
        return [.. images.All.Zip(decoded, (image, sentence) => Build(image, sentence, images.Options))];
    }

    /// <summary>Captions images whose encoder outputs are known, as a training's are.</summary>
    internal Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        IReadOnlyList<ImageFeatures> features, SearchOptions options, CancellationToken cancellation)
    {
        Check(options);
        ReadImage[] images = [.. features.Select(f => new ReadImage(ImageSource.Of(f, Manifest.Image.Cells), 0))];
        return CaptionAsync(new ReadImages(images, options, null), cancellation);
    }

    /// <remarks>Without the cache: a canary must run the encoder whenever it is asked.</remarks>
    private protected override async Task<CanaryAnswer> AnswerCanaryAsync(string input, CancellationToken cancellation)
    {
        byte[] file = await File.ReadAllBytesAsync(Path.Combine(Bundle.Folder, input), cancellation).ConfigureAwait(false);
        try
        {
            var caption = (await CaptionAsync(forgetful, [file], new SearchOptions(), cancellation).ConfigureAwait(false))[0];
            return new() { Text = caption.Text, Score = caption.Score };
        }
        catch (ImageRefusedException error)
        {
            throw new ModelBundleException(input, "", error.Message.TrimEnd('.'), "an image that this program reads", error);
        }
    }

    /// <summary>Without libvips no image can be read: the model is not served, instead of failing each request. Where it was looked for
    /// is the operator's business alone.</summary>
    private static Captioner Open(ModelBundle bundle, LoadOptions options, WorkerPool pool)
    {
        try
        {
            VipsLibrary.Load();
        }
        catch (DllNotFoundException error)
        {
            throw new ModelBundleException("libvips", "", "no library that loads", "the one that the build puts beside the program", error);
        }

        var target = ((CaptionManifest)bundle.Manifest).LoadTarget(bundle.Folder);
        return new Captioner(ModelSessions.Load(bundle, options.Sessions, options.Precision), target, options, pool);
    }

    private async Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        ImageReader reader, IReadOnlyList<ReadOnlyMemory<byte>> files, SearchOptions options, CancellationToken cancellation)
    {
        using var images = await ReadAsync(reader, files, options, cancellation).ConfigureAwait(false);
        return await CaptionAsync(images, cancellation).ConfigureAwait(false);
    }

    private async Task<ReadImages> ReadAsync(
        ImageReader reader, IReadOnlyList<ReadOnlyMemory<byte>> files, SearchOptions options, CancellationToken cancellation)
    {
        Check(options);
        int cells = Manifest.Image.Cells;
        if (options.Attention)
            AttentionLimit.Check(files.Select(_ => ((long)options.For(Manifest, cells).MaxLength, (long)cells)));

        // Refused before any image is decoded is what would be refused after it: decoded images take far more memory.
        var reservation = Queue.Reserve(files.Count);
        try
        {
            return new ReadImages(await reader.ReadAsync(files, cancellation).ConfigureAwait(false), options, reservation);
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    private ImageCaption Build(ReadImage image, DecodedSentence decoded, SearchOptions options)
    {
        var best = decoded.Hypotheses[0];
        string text = Target.Decode(best.Tokens);
        return new ImageCaption
        {
            Text = text,
            Score = best.Score,
            Confidence = Answers.Confidence(best),
            Truncated = best.Truncated,
            Alternatives = Answers.Distinct(text, decoded.Hypotheses.Skip(1).Select(
                h => new Alternative(Target.Decode(h.Tokens), h.Score, Answers.Confidence(h)))),
            Tokens = options.Tokens ? Answers.Tokens(Target, best) : null,
            Attention = options.Attention ? Attention(best) : null,
            ImageMs = image.Milliseconds,
            Timing = decoded.Timing,
        };
    }

    private CaptionAttention Attention(Hypothesis best) => new(
        Manifest.Image.Grid,
        [.. best.Tokens.Select(token => Answers.Shown(Target, token))],
        best.Attention!);
}

/// <summary>Images that were read and are to be captioned. They keep their places among the waiting until they are disposed.</summary>
public sealed class ReadImages : IDisposable
{
    internal ReadImages(IReadOnlyList<ReadImage> all, SearchOptions options, Reservation? reservation) =>
        (All, Options, Reservation) = (all, options, reservation);

    internal IReadOnlyList<ReadImage> All { get; }

    internal SearchOptions Options { get; }

    /// <summary>Their places in the queue; null: they take some when they come.</summary>
    internal Reservation? Reservation { get; }

    /// <inheritdoc/>
    public void Dispose() => Reservation?.Dispose();
}
