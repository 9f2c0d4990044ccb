using System.Globalization;
using RnnServe.Inference.Decoding;
using RnnServe.Inference.Text;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Data;

/// <summary>Finds captions with the weights as they stand.</summary>
/// <param name="views">Indexes of photos, and whether mirrored.</param>
/// <returns>The hypotheses of each photo.</returns>
internal delegate IReadOnlyList<IReadOnlyList<Hypothesis>> SearchHypotheses(IReadOnlyList<(int Photo, bool Mirrored)> views);

/// <summary>
/// Batches of captions that the model wrote itself, each as a target whose weight is by how much its reward exceeds the mean reward of the
/// captions of its photo: the gradient of their negative log-likelihoods, so weighted, is the policy gradient.
/// </summary>
/// <remarks>
/// Sources: self-critical training, Rennie et al. 2017 (arXiv:1612.00563); hypotheses of the beam search instead of samples and their mean
/// as the baseline, Cornia et al. 2020 (arXiv:1912.08226). A batch is searched when it is asked for, with the weights of that moment.
/// </remarks>
/// <param name="references">The captions that people wrote, for the validation; disposed with this.</param>
/// <param name="photos">Number of photos to learn from, the first ones.</param>
/// <param name="search">Finds the hypotheses.</param>
/// <param name="reward">Scores them.</param>
/// <param name="tokenizer">Of the captions.</param>
internal sealed class SelfCriticalBatches(
    CaptionBatches references, int photos, SearchHypotheses search, CaptionReward reward, Tokenizer tokenizer) : IBatchSource, IDisposable
{
    /// <summary>Photos in a batch, at most.</summary>
    public int BatchPhotos { get; init; } = 32;

    /// <summary>Told the mean rewards at the end of each epoch.</summary>
    public Action<string> Say { get; init; } = _ => { };

    public int Count(int epoch) => BatchPlan.Count(photos, BatchPhotos);

    public IEnumerable<Batch> Epoch(int epoch, int skip)
    {
        int[] order = [.. Enumerable.Range(0, photos)];
        new SeededRandom(references.Seed, (ulong)epoch).Shuffle<int>(order);
        var rewards = new List<double[]>();
        foreach (int[] chosen in order.Chunk(BatchPhotos).Skip(skip))
            yield return Make([.. chosen.Select(photo => (photo, references.IsMirrored(epoch, photo)))], rewards);
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {epoch}: mean reward {rewards.Average(r => r[0]):F3} of the best hypotheses, {rewards.Average(r => r.Average()):F3} of all"));
    }

    public IEnumerable<Batch> Validation() => references.Validation();

    public void Dispose() => references.Dispose();

    private Batch Make(IReadOnlyList<(int Photo, bool Mirrored)> views, List<double[]> allRewards)
    {
        var captions = new List<PhotoCaption>();
        var advantages = new List<float>();
        foreach (var ((photo, _), hypotheses) in views.Zip(search(views)))
        {
            double[] rewards = [.. hypotheses.Select(hypothesis => reward.Of(photo, tokenizer.Decode(hypothesis.Tokens)))];
            double mean = rewards.Average();
            captions.AddRange(hypotheses.Select(hypothesis => new PhotoCaption(photo, WithoutEnd(hypothesis))));
            advantages.AddRange(rewards.Select(r => (float)(r - mean)));
            allRewards.Add(rewards);
        }

        var mirrored = views.ToDictionary(view => view.Photo, view => view.Mirrored);
        var batch = references.Make([.. captions], photo => mirrored[photo]);
        Weigh(batch.Inputs["target_mask"], advantages);
        return batch;
    }

    private static int[] WithoutEnd(Hypothesis hypothesis) => hypothesis.Truncated ? hypothesis.Tokens : hypothesis.Tokens[..^1];

    private static void Weigh(Tensor mask, List<float> weights)
    {
        int width = (int)mask.Shape[1];
        for (int row = 0; row < weights.Count; row++)
        {
            foreach (ref float cell in mask.AsSpan<float>().Slice(row * width, width))
                cell *= weights[row];
        }
    }
}
