using System.Globalization;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;
using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Caption.Metrics;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Finds captions with the weights as they stand.</summary>
/// <param name="views">Indexes of photos, and whether mirrored.</param>
/// <returns>The hypotheses of each photo.</returns>
internal delegate IReadOnlyList<IReadOnlyList<Hypothesis>> SearchHypotheses(IReadOnlyList<(int Photo, bool Mirrored)> views);

/// <summary>Batches of captions that the model wrote itself, each as a target whose weight is by how much its reward exceeds the mean
/// reward of the captions of its photo: the gradient of their negative log-likelihoods, so weighted, estimates the policy
/// gradient.</summary>
/// <remarks>Sources: self-critical training, Rennie et al. 2017 (arXiv:1612.00563); hypotheses of the beam search instead of samples, which
/// makes the estimate biased but calm, and their mean as the baseline, Cornia et al. 2020 (arXiv:1912.08226). The search runs without
/// dropout, the loss with the recipe's. A batch is searched when it is asked for, with the weights of that moment.</remarks>
/// <param name="captions">Makes the tensors and decides on mirroring; its validation is used, its captions to learn from are not.</param>
/// <param name="photos">Number of photos to learn from, the first ones.</param>
/// <param name="search">Finds the hypotheses.</param>
/// <param name="reward">Scores them.</param>
/// <param name="tokenizer">Of the captions.</param>
internal sealed class SelfCriticalBatches(
    CaptionBatches captions, int photos, SearchHypotheses search, CaptionReward reward, Tokenizer tokenizer) : IBatchSource, IDisposable
{
    /// <summary>Photos in a batch, at most.</summary>
    public int BatchPhotos { get; init; } = 32;

    /// <summary>Told the mean rewards at the end of each epoch, of what was searched since the start or the resumption.</summary>
    public Action<string> Say { get; init; } = _ => { };

    public int Count(int epoch) => BatchPlan.Count(photos, BatchPhotos);

    public IEnumerable<Batch> Epoch(int epoch, int skip)
    {
        int[] order = [.. Enumerable.Range(0, photos)];
        new SeededRandom(captions.Seed, (ulong)epoch).Shuffle<int>(order);
        var rewards = new List<double[]>();
        foreach (int[] chosen in order.Chunk(BatchPhotos).Skip(skip))
            yield return Make([.. chosen.Select(photo => (photo, captions.IsMirrored(epoch, photo)))], rewards);
        if (rewards.Count == 0)
            yield break;
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {epoch}: mean reward {rewards.Average(r => r[0]):F3} of the best hypotheses, {rewards.Average(r => r.Average()):F3} "
            + $"of all"));
    }

    public IEnumerable<Batch> Validation() => captions.Validation();

    public void Dispose() => captions.Dispose();

    private Batch Make(IReadOnlyList<(int Photo, bool Mirrored)> views, List<double[]> allRewards)
    {
        var found = views.Zip(search(views))
            .SelectMany(pair => pair.Second.Select(hypothesis => (pair.First.Photo, Hypothesis: hypothesis)))
            .ToList();
        var advantages = new List<float>();
        foreach (var photo in found.GroupBy(f => f.Photo))
        {
            double[] rewards = [.. photo.Select(
                f => reward.Of(f.Photo, tokenizer.Decode(f.Hypothesis.Tokens), ended: !f.Hypothesis.Truncated))];
            advantages.AddRange(rewards.Select(r => (float)(r - rewards.Average())));
            allRewards.Add(rewards);
        }

        var mirrored = views.ToDictionary(view => view.Photo, view => view.Mirrored);
        var batch = captions.Make([.. found.Select(f => new PhotoCaption(f.Photo, WithoutEnd(f.Hypothesis)))], photo => mirrored[photo]);
        for (int row = 0; row < found.Count; row++)
            Weigh(batch.Inputs["target_mask"], row, found[row].Hypothesis, advantages[row]);
        return batch;
    }

    private static int[] WithoutEnd(Hypothesis hypothesis) => hypothesis.Truncated ? hypothesis.Tokens : hypothesis.Tokens[..^1];

    // The end of a truncated hypothesis, which the tensors have, was not the model's choice.
    private static void Weigh(Tensor mask, int row, Hypothesis hypothesis, float advantage)
    {
        int width = (int)mask.Shape[1];
        var weights = mask.AsSpan<float>().Slice(row * width, width);
        weights[..hypothesis.Tokens.Length].Fill(advantage);
        weights[hypothesis.Tokens.Length..].Clear();
    }
}
