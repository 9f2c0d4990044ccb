using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption;
using RnnServe.Training.Kinds.Caption.Metrics;

namespace RnnServe.Tests.Bundles;

/// <summary>The captioning model in models/, on real photos.</summary>
public sealed class ShippedCaptionerTests
{
    private const int Photos = 40, BatchSize = 40;

    private static string Bundle => ModelBundle.Versions(TestData.InRepository("models", "flickr8k-en"))[0].Folder;

    [Fact]
    public async Task A_photo_is_captioned_alike_alone_and_in_a_batch_of_40()
    {
        // Nothing is remembered: every caption begins with the pixels.
        await using var captioner = await Captioner.LoadAsync(Bundle, new BatchingOptions(), new LoadOptions { ImageCacheBytes = 0 });
        var references = CaptionCorpus.ReadCaptions(TestData.InShared("data", "flickr8k", "captions.tsv"));
        string[] names = [.. TestData.ReadLines(TestData.InShared("data", "flickr8k", "val.txt")).Take(Photos)];
        ReadOnlyMemory<byte>[] photos = [.. names.Select(name => File.ReadAllBytes(TestData.InShared("data", "flickr8k", "images", name)))];
        var options = new SearchOptions { Alternatives = 2, Attention = true };

        var (alone, together) = await AloneAndTogether.CheckAsync(
            photos, BatchSize, some => captioner.CaptionAsync(some, options, CancellationToken.None));

        Assert.All(together.SelectMany(c => c.Attention!.Weights), weights => Assert.Equal(1, weights.Sum(), tolerance: 1e-4));

        // The model is the one that its card describes, not merely consistent with itself.
        var scores = CaptionMetrics.Score([.. alone.Select(c => c.Text)], [.. names.Select(name => references[name])]);
        Assert.InRange(scores.Bleu4, 11, 40);
    }

    [Fact]
    public async Task The_dog_of_the_samples_is_seen()
    {
        var photo = File.ReadAllBytes(TestData.InRepository("samples", "photos", "dog.jpg"));
        await using var captioner = await Captioner.LoadAsync(Bundle, new BatchingOptions());

        var caption = Assert.Single(await captioner.CaptionAsync([photo], new SearchOptions(), CancellationToken.None));

        Assert.False(caption.Truncated);
        Assert.Contains("dog", caption.Text, StringComparison.Ordinal);
    }
}
