using RnnServe.Inference.Images;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>Batches of views of photos, image [B, 3, size, size], decoded and drawn ahead of the training on threads of their own. A view
/// is a function of seed, epoch and photo alone.</summary>
/// <param name="photos">Their files.</param>
/// <param name="augmentation">How views vary.</param>
/// <param name="size">Rows and columns of a view.</param>
/// <param name="batchSize">Photos in a batch.</param>
/// <param name="room">Bytes of memory for decoded photos, so that later epochs need not decode them again.</param>
internal sealed class PhotoBatches(PhotoFiles photos, AugmentationSettings augmentation, int size, int batchSize, long room = 0)
{
    /// <summary>Batches made ahead: on two cores one is made while another waits.</summary>
    private static readonly int Ahead = Math.Clamp(Environment.ProcessorCount / 2, 2, 8);

    private readonly PhotoStore store = new(photos.Train, augmentation.DecodedSize, PhotoFit.Squash, room);

    /// <summary>Gives each epoch its order and each view its randomness.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whole batches of an epoch: a small rest would have poor statistics to normalise with.</summary>
    public int Count => photos.Train.Count / batchSize;

    /// <summary>The batches of an epoch in order.</summary>
    public IEnumerable<Batch> Epoch(int epoch, int skip)
    {
        int[] order = [.. Enumerable.Range(0, photos.Train.Count)];
        new SeededRandom(Seed, (ulong)epoch).Shuffle<int>(order);
        ulong seed = SeededRandom.SeedOf(Seed, (ulong)epoch);
        var batches = order.Chunk(batchSize).Take(Count).Skip(skip);
        return Prefetch.InOrder(
            batches.Select(batch => (Func<Batch>)(() => Make(batch.Length, (i, planes) => DrawView(batch[i], seed, planes)))), Ahead);
    }

    /// <summary>Photos as they are served: whole and unchanged.</summary>
    public IEnumerable<Batch> Plain(IEnumerable<string> paths) => Prefetch.InOrder(
        paths.Chunk(batchSize).Select(batch => (Func<Batch>)(() => Make(batch.Length, (i, planes) => DrawWhole(batch[i], planes)))), Ahead);

    public IEnumerable<Batch> Validation() => Plain(photos.HeldOut);

    /// <summary>Photos to learn from, evenly from all of them, as they are.</summary>
    public IEnumerable<Batch> Sample(int count) =>
        Plain(photos.Train.Where((_, i) => i % Math.Max(1, photos.Train.Count / count) == 0).Take(count));

    private delegate void Draw(int index, Span<float> planes);

    private Batch Make(int count, Draw draw)
    {
        var image = Tensor.Allocate(ElementType.Float, count, 3, size, size);
        try
        {
            for (int i = 0; i < count; i++)
                draw(i, image.AsSpan<float>().Slice(i * 3 * size * size, 3 * size * size));
            return new Batch(new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["image"] = image }, count, count);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private void DrawView(int photo, ulong seed, Span<float> planes)
    {
        var view = PhotoView.Random(augmentation, new SeededRandom(seed, (ulong)photo));
        PhotoRenderer.Draw(store.Read(photo), store.Size, view, size, planes);
    }

    private void DrawWhole(string path, Span<float> planes) =>
        ImagePreprocessing.Normalise(
            PhotoReader.Decode(path, size, PhotoFit.Squash), size * size, PhotoRenderer.Mean, PhotoRenderer.Deviation, planes);
}
