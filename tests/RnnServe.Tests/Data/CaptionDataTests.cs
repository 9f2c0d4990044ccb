using RnnServe.Tests.Backbones;
using RnnServe.Tests.Bundles;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption;
using RnnServe.Training.Kinds.Caption.Backbones;

namespace RnnServe.Tests.Data;

public sealed class CaptionDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Captions_belong_to_the_photos_of_the_lists_in_the_lists_order()
    {
        Write("captions.tsv", "b.png#0\tA dog.", "a.png#0\t Two, dogs! ", "b.png#1\tOne dog", "c#1.png#0\tA cat", "b.png#2\t...");
        Write("train.txt", "c#1.png", "", "b.png ");
        Write("val.txt", "a.png");

        var corpus = CaptionCorpus.Read(Settings("a.png", "b.png", "c#1.png"));

        Assert.Equal(["c#1.png", "b.png"], corpus.Train.Select(p => Path.GetFileName(p.Path)));
        Assert.Equal(["A dog.", "One dog"], corpus.Train[1].Captions);
        Assert.Equal(["Two, dogs!"], Assert.Single(corpus.Validation).Captions);
    }

    [Fact]
    public void Captions_without_words_are_references_but_not_learnt()
    {
        Write("captions.tsv", "a.png#0\tA dog.", "a.png#1\t...", "b.png#0\t!", "b.png#1\t", "b.png#2\ta cat", "c.png#0\t?");
        Write("train.txt", "a.png");
        Write("val.txt", "b.png", "c.png");

        var corpus = CaptionCorpus.Read(Settings("a.png", "b.png", "c.png"));

        Assert.Equal(["A dog."], Assert.Single(corpus.Train).Captions);
        Assert.Equal([["!", "", "a cat"], ["?"]], corpus.Validation.Select(photo => photo.Captions));
        Write("train.txt", "c.png");
        Write("val.txt", "a.png");
        Assert.Contains(
            "'c.png' of '", Assert.Throws<InvalidDataException>(() => CaptionCorpus.Read(Settings("c.png"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b.png#0 A dog", "a.png", "line 2: found 'b.png#0 A dog', expected name#number, a tab and a caption.")]
    [InlineData("b.png\tA dog", "a.png", "line 2: found 'b.png\tA dog', expected")]
    [InlineData("b.png#0\tA dog", "x.png", "'x.png' of '")]
    [InlineData("x.png#0\tA dog", "x.png", "lists a photo that is not there: '")]
    [InlineData("b.png#0\tA dog", "b.png", "'b.png' is in '")]
    [InlineData("b.png#0\tA dog", "", "lists no photo.")]
    public void What_does_not_fit_is_refused_with_its_file(string caption, string validation, string message)
    {
        Write("captions.tsv", "a.png#0\tA cat", caption, "b.png#1\tA bird");
        Write("train.txt", "b.png");
        Write("val.txt", validation);
        if (message.StartsWith("line", StringComparison.Ordinal))
            Write("train.txt", "a.png");

        var error = Assert.Throws<InvalidDataException>(() => CaptionCorpus.Read(Settings("a.png", "b.png")));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Captions_of_a_photo_share_its_features_and_each_epoch_sees_each_photo_one_way()
    {
        using var features = DrawnFeatures.Open(folder, photos: 6);
        PhotoCaption[] captions = [.. Enumerable.Range(0, 60).Select(i => new PhotoCaption(i % 6, [4 + (i % 6), 10, .. Enumerable.Repeat(11, i % 3)]))];
        var batches = new CaptionBatches(features, captions, captions[..4]) { BatchSentences = 16, Seed = 5 };

        var mirrored = new List<bool[]>();
        for (int epoch = 1; epoch <= 8; epoch++)
        {
            var views = new bool?[6];
            int seen = 0;
            foreach (var batch in batches.Epoch(epoch, 0))
            {
                using (batch)
                    seen += Check(batch, features, views);
            }

            Assert.Equal(60, seen);
            mirrored.Add([.. views.Select(v => v!.Value)]);
        }

        Assert.InRange(mirrored.Sum(epoch => epoch.Count(m => m)), 12, 36);
        Assert.Equal(4, batches.Count(1));
        using var skipped = batches.Epoch(3, 2).First();
        using var third = batches.Epoch(3, 0).ElementAt(2);
        Assert.Equal(third.Inputs["target_in"].AsSpan<long>().ToArray(), skipped.Inputs["target_in"].AsSpan<long>().ToArray());
    }

    /// <summary>Each caption, known by its first word, has the features of its photo; returns the number of captions.</summary>
    private static int Check(Batch batch, PhotoFeatures features, bool?[] views)
    {
        int width = (int)batch.Inputs["target_out"].Shape[1], values = features.Grid.Cells * features.Grid.Channels;
        Assert.True(batch.Inputs["features"].Shape[0] <= 6);
        for (int row = 0; row < batch.Sentences; row++)
        {
            int photo = (int)batch.Inputs["target_out"].AsSpan<long>()[row * width] - 4;
            var found = batch.Inputs["features"].AsSpan<Half>().Slice((int)batch.Inputs["photo"].AsSpan<long>()[row] * values, values);
            using var both = features.Read([(photo, false), (photo, true)]);
            bool mirrored = found.SequenceEqual(both.AsSpan<Half>()[values..]);
            Assert.True(mirrored || found.SequenceEqual(both.AsSpan<Half>()[..values]));
            Assert.Equal(views[photo] ??= mirrored, mirrored);
        }

        return batch.Sentences;
    }

    private CaptionDataSettings Settings(params string[] photos)
    {
        foreach (string photo in photos)
            Write(photo, "not read");
        return new() { Images = folder.Path, Captions = In("captions.tsv"), Train = In("train.txt"), Validation = In("val.txt") };
    }

    private string In(string name) => Path.Combine(folder.Path, name);

    private void Write(string name, params string[] lines) => File.WriteAllText(In(name), string.Concat(lines.Select(line => line + "\n")));
}
