using RnnServe.Inference.Search;
using RnnServe.Inference.Text;
using RnnServe.Tests.Backbones;
using RnnServe.Tests.Bundles;
using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Caption;
using RnnServe.Training.Kinds.Caption.Metrics;

namespace RnnServe.Tests.Data;

public sealed class SelfCriticalBatchesTests : IDisposable
{
    private static readonly string[][] Captions =
        [["a red dog runs", "a dog runs fast"], ["two cats sleep", "cats sleep on a bed"], ["a man on a red bed", "a man sleeps"]];

    private readonly TemporaryFolder folder = new();
    private readonly Tokenizer tokenizer = WordLearner.Learn(Captions.SelectMany(photo => photo), 1);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_caption_weighs_what_its_reward_exceeds_the_mean_of_its_photo_by()
    {
        string[][] found = [["a red dog runs", "two cats"], ["cats sleep", "cats sleep on a bed"], ["a man on a", "a man on a red bed"]];
        var said = new List<string>();
        using var batches = Batches(found, batchPhotos: 2, said);
        var reward = new CaptionReward(Captions);

        Assert.Equal(2, batches.Count(1));
        var rewards = new List<double>();
        foreach (var batch in batches.Epoch(1, 0))
        {
            var (mask, tokens) = (batch.Inputs["target_mask"], batch.Inputs["target_out"]);
            int width = (int)mask.Shape[1];
            Assert.Equal(batch.Sentences, (int)mask.Shape[0]);
            for (int row = 0; row < batch.Sentences; row++)
            {
                int[] ids = [.. tokens.AsSpan<long>().Slice(row * width, width).ToArray().Select(id => (int)id)];
                string caption = tokenizer.Decode(ids);
                int photo = Array.FindIndex(found, captions => captions.Contains(caption));
                double[] ofPhoto = [.. found[photo].Select(text => reward.Of(photo, text, true))];
                int length = Array.IndexOf(ids, Tokenizers.SpecialTokensOf(tokenizer).End) + 1;
                float advantage = (float)(reward.Of(photo, caption, true) - ofPhoto.Average());
                rewards.Add(reward.Of(photo, caption, true));
                Assert.Equal(
                    [.. Enumerable.Repeat(advantage, length), .. Enumerable.Repeat(0f, width - length)],
                    mask.AsSpan<float>().Slice(row * width, width).ToArray());
            }

            batch.Dispose();
        }

        Assert.Equal(6, rewards.Count);
        double ofBest = found.Select((captions, photo) => reward.Of(photo, captions[0], true)).Average();
        Assert.Equal($"epoch 1: mean reward {ofBest:F3} of the best hypotheses, {rewards.Average():F3} of all", Assert.Single(said));
    }

    [Fact]
    public void A_resumed_epoch_goes_on_with_the_same_photos()
    {
        string[][] found = [["a red dog", "two cats"], ["cats", "a bed"], ["a man", "a man on a bed"]];
        using var batches = Batches(found, batchPhotos: 1, []);

        var all = batches.Epoch(3, 0).ToList();
        var rest = batches.Epoch(3, 1).ToList();

        Assert.Equal([3, 2], [all.Count, rest.Count]);
        foreach (var (expected, batch) in all.Skip(1).Zip(rest))
        {
            Assert.Equal(expected.Inputs["target_in"].AsSpan<long>().ToArray(), batch.Inputs["target_in"].AsSpan<long>().ToArray());
            Assert.Equal(expected.Inputs["features"].AsSpan<ushort>().ToArray(), batch.Inputs["features"].AsSpan<ushort>().ToArray());
        }

        Assert.Empty(batches.Epoch(3, 3));
        all.Concat(rest).ToList().ForEach(batch => batch.Dispose());
    }

    [Fact]
    public void A_caption_that_reached_no_end_learns_none_and_a_lone_one_nothing()
    {
        string[][] found = [["a red dog...", "two cats"], ["cats"], ["", "a man"]];
        using var batches = Batches(found, batchPhotos: 3, []);

        using var batch = Assert.Single(batches.Epoch(1, 0));

        Assert.Equal(3, Weights("a red dog").Count(weight => weight != 0));
        Assert.Equal(3, Weights("two cats").Count(weight => weight != 0));
        Assert.Equal(1, Weights("").Count(weight => weight != 0));
        Assert.All(Weights("cats"), weight => Assert.Equal(0, weight));

        float[] Weights(string caption)
        {
            int width = (int)batch.Inputs["target_mask"].Shape[1];
            long[][] ids = [.. batch.Inputs["target_out"].AsSpan<long>().ToArray().Chunk(width)];
            int row = Array.FindIndex(ids, row => tokenizer.Decode([.. row.Select(id => (int)id)]) == caption);
            return batch.Inputs["target_mask"].AsSpan<float>().Slice(row * width, width).ToArray();
        }
    }

    private SelfCriticalBatches Batches(string[][] found, int batchPhotos, List<string> said)
    {
        var features = DrawnFeatures.Open(folder, photos: 3);
        PhotoCaption[] validation = [new(0, tokenizer.Encode(Captions[0][0]))];
        return new(
            new CaptionBatches(features, validation, validation) { Seed = 7, Tokens = Tokenizers.SpecialTokensOf(tokenizer) },
            photos: 3,
            views => [.. views.Select(view => found[view.Photo].Select(Hypothesis).ToList())],
            new CaptionReward(Captions),
            tokenizer)
        {
            BatchPhotos = batchPhotos,
            Say = said.Add,
        };
    }

    private Hypothesis Hypothesis(string caption)
    {
        bool truncated = caption.EndsWith("...", StringComparison.Ordinal);
        int[] words = tokenizer.Encode(caption.TrimEnd('.'));
        int[] tokens = truncated ? words : [.. words, Tokenizers.SpecialTokensOf(tokenizer).End];
        return new(tokens, new float[tokens.Length], 0) { Truncated = truncated };
    }
}
