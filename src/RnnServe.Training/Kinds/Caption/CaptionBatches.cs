using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption.Backbones;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Captions cut into batches of like lengths, as the inputs of a captioning model's loss graph.</summary>
/// <remarks>Owns the features. In each epoch every photo is seen either as it is or, where that is allowed, mirrored, by chance; all of its
/// captions see the same view, so that captions of one photo in one batch share its features.</remarks>
internal sealed class CaptionBatches(PhotoFeatures features, IReadOnlyList<PhotoCaption> train, IReadOnlyList<PhotoCaption> validation)
    : IBatchSource, IDisposable
{
    /// <summary>Captions in a batch, at most.</summary>
    public int BatchSentences { get; init; } = 64;

    /// <summary>Whether a batch has all captions of its photos, so that the CNN sees each once an epoch: where layers of it are trained,
    /// they are most of the work.</summary>
    public bool ByPhoto { get; init; }

    /// <summary>Whether photos are also seen mirrored.</summary>
    public bool Mirror { get; init; } = true;

    /// <summary>Gives each epoch its order and its views.</summary>
    public ulong Seed { get; init; }

    public SpecialTokens Tokens { get; init; } = new();

    public int Count(int epoch) => Plan(epoch).Count();

    public IEnumerable<Batch> Epoch(int epoch, int skip) =>
        Plan(epoch).Skip(skip).Select(captions => Make(captions, photo => IsMirrored(epoch, photo)));

    /// <summary>Whether a photo is seen mirrored in an epoch.</summary>
    public bool IsMirrored(int epoch, int photo) =>
        Mirror && new SeededRandom(SeededRandom.SeedOf(Seed, (ulong)epoch), (ulong)photo).Next(2) == 1;

    public IEnumerable<Batch> Validation() => validation
        .OrderBy(c => c.Tokens.Length)
        .Chunk(BatchSentences)
        .Select(captions => Make(captions, _ => false));

    private IEnumerable<PhotoCaption[]> Plan(int epoch)
    {
        var random = new SeededRandom(Seed, (ulong)epoch);
        if (!ByPhoto)
        {
            (int, int)[] lengths = [.. train.Select(c => (c.Tokens.Length, 0))];
            return BatchPlan.Create(lengths, BatchSentences, random).Select(batch => batch.Select(i => train[i]).ToArray());
        }

        PhotoCaption[][] photos = [.. train.GroupBy(c => c.Photo).Select(photo => photo.ToArray())];
        int photosPerBatch = Math.Max(1, BatchSentences * photos.Length / train.Count);
        random.Shuffle<PhotoCaption[]>(photos);
        return photos.Chunk(photosPerBatch).Select(some => some.SelectMany(photo => photo).ToArray());
    }

    /// <summary>Builds features [P, S, C], photo [B], target_in, target_out and target_mask [B, T].</summary>
    /// <param name="captions">Their tokens.</param>
    /// <param name="mirrored">Whether a photo, by its index, is seen mirrored.</param>
    public Batch Make(PhotoCaption[] captions, Func<int, bool> mirrored)
    {
        int[] photos = [.. captions.Select(c => c.Photo).Distinct()];
        var inputs = TargetTensors.Create([.. captions.Select(c => c.Tokens)], Tokens);
        inputs["features"] = features.Read([.. photos.Select(p => (p, mirrored(p)))]);
        inputs["photo"] = Tensor.Copy<long>([.. captions.Select(c => (long)Array.IndexOf(photos, c.Photo))], captions.Length);
        return new Batch(inputs, captions.Length, captions.Sum(c => c.Tokens.Length + 1));
    }

    public void Dispose() => features.Dispose();
}
