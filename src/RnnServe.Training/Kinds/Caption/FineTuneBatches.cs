using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Photos with all of their captions as batches, for trainings with the CNN in their graph: it sees each once an epoch.</summary>
/// <param name="texts">Photos and captions.</param>
/// <param name="backbone">What the CNN expects of a photo.</param>
/// <param name="augmentation">How photos change from epoch to epoch.</param>
/// <param name="room">Bytes of memory for decoded photos, so that later epochs need not decode them again.</param>
internal sealed class FineTuneBatches(CaptionTexts texts, BackboneSettings backbone, AugmentationSettings augmentation, long room)
    : IBatchSource
{
    /// <summary>Batches made ahead of the training.</summary>
    private const int Ahead = 2;

    private readonly ILookup<int, int[]> train = texts.Train.ToLookup(c => c.Photo, c => c.Tokens);
    private readonly ILookup<int, int[]> validation = texts.Validation.ToLookup(c => c.Photo, c => c.Tokens);

    private readonly PhotoStore store = new(
        [.. texts.Corpus.Train.Select(photo => photo.Path)], augmentation.DecodedSize, backbone.Fit, room);

    /// <summary>Photos in a batch, at most.</summary>
    public int BatchPhotos { get; init; } = 16;

    /// <summary>Gives each epoch its order and its views.</summary>
    public ulong Seed { get; init; }

    public int Count(int epoch) => BatchPlan.Count(train.Count, BatchPhotos);

    public IEnumerable<Batch> Epoch(int epoch, int skip)
    {
        int[] order = [.. train.Select(photo => photo.Key)];
        new SeededRandom(Seed, (ulong)epoch).Shuffle<int>(order);
        ulong views = SeededRandom.SeedOf(Seed, (ulong)epoch);
        return Prefetch.InOrder(
            order.Chunk(BatchPhotos).Skip(skip).Select(photos => (Func<Batch>)(() => Make(photos, train, Draw(photos, views)))), Ahead);
    }

    public IEnumerable<Batch> Validation() => Prefetch.InOrder(
        validation.Select(photo => photo.Key).Chunk(BatchPhotos).Select(photos => (Func<Batch>)(() =>
            Make(photos, validation, PhotoTensors.Read([.. photos.Select(ValidationPath)], backbone)))), Ahead);

    private string ValidationPath(int photo) => texts.Corpus.Validation[photo - texts.Corpus.Train.Count].Path;

    /// <summary>Random views, [P, 3, size, size].</summary>
    private Tensor Draw(int[] photos, ulong seed)
    {
        int values = 3 * backbone.Size * backbone.Size;
        var image = Tensor.Allocate(ElementType.Float, photos.Length, 3, backbone.Size, backbone.Size);
        try
        {
            for (int i = 0; i < photos.Length; i++)
            {
                var view = PhotoView.Random(augmentation, new SeededRandom(seed, (ulong)photos[i]));
                PhotoRenderer.Draw(store.Read(photos[i]), store.Size, view, backbone.Size, image.AsSpan<float>().Slice(i * values, values));
            }

            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Builds image [P, 3, size, size], photo [B], target_in, target_out and target_mask [B, T].</summary>
    private Batch Make(int[] photos, ILookup<int, int[]> captions, Tensor image)
    {
        (int Photo, int[] Tokens)[] rows = [.. photos.SelectMany((photo, i) => captions[photo].Select(tokens => (i, tokens)))];
        var inputs = TargetTensors.Create([.. rows.Select(row => row.Tokens)], texts.SpecialTokens);
        inputs["image"] = image;
        inputs["photo"] = Tensor.Copy<long>([.. rows.Select(row => (long)row.Photo)], rows.Length);
        return new Batch(inputs, rows.Length, rows.Sum(row => row.Tokens.Length + 1));
    }
}
