using RnnServe.Training.Graphs;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Kinds.Caption.Metrics;

/// <summary>CIDEr-D: how much a caption agrees with what people wrote of the same image, and not of every image.</summary>
/// <remarks>Source: Vedantam et al. 2015, "CIDEr: Consensus-based Image Description Evaluation" (arXiv:1411.5726), section 4 and "CIDEr-D"
/// in section 5.1, with the settings of the published code: n = 1 to 4, σ = 6, times 10, length counted in pairs of words, document
/// frequencies from the references.</remarks>
internal sealed class CiderD
{
    private const int Orders = 4;
    private const double Sigma = 6;

    private readonly Dictionary<string, int>[] documents =
        [.. Enumerable.Range(0, Orders).Select(_ => new Dictionary<string, int>(StringComparer.Ordinal))];
    private readonly double logImages;

    /// <param name="references">The references of each image, in words: an n-gram is the rarer, the fewer images have it.</param>
    public CiderD(IReadOnlyList<IReadOnlyList<string[]>> references)
    {
        logImages = Math.Log(references.Count);
        foreach (var image in references)
        {
            for (int n = 0; n < Orders; n++)
            {
                foreach (string gram in image.SelectMany(words => NGrams.Count(words, n + 1).Keys).Distinct(StringComparer.Ordinal))
                    documents[n][gram] = documents[n].GetValueOrDefault(gram) + 1;
            }
        }
    }

    /// <summary>Scores the caption of one image, in words: 0 to 10.</summary>
    public double Score(string[] caption, IReadOnlyList<string[]> references)
    {
        var found = Weigh(caption);
        return 10 * references.Average(reference => Similarity(found, Weigh(reference)));
    }

    /// <summary>The mean over n of the cosine, in which a repeated n-gram counts as often as the reference has it, and which falls with
    /// the difference in length.</summary>
    private static double Similarity(Weights found, Weights reference)
    {
        double sum = 0;
        for (int n = 0; n < Orders; n++)
        {
            double norm = found.Norms[n] * reference.Norms[n];
            if (norm == 0) continue;
            foreach (var (gram, weight) in found.Grams[n])
            {
                double expected = reference.Grams[n].GetValueOrDefault(gram);
                sum += Math.Min(weight, expected) * expected / norm;
            }
        }

        double difference = found.Pairs - reference.Pairs;
        return sum / Orders * Math.Exp(-difference * difference / (2 * Sigma * Sigma));
    }

    /// <summary>Counts of n-grams times the logarithm of their rarity.</summary>
    private Weights Weigh(string[] words)
    {
        var grams = new Dictionary<string, double>[Orders];
        for (int n = 0; n < Orders; n++)
        {
            grams[n] = NGrams.Count(words, n + 1).ToDictionary(
                gram => gram.Key,
                gram => gram.Value * (logImages - Math.Log(Math.Max(1, documents[n].GetValueOrDefault(gram.Key)))),
                StringComparer.Ordinal);
        }

        return new Weights(grams, [.. grams.Select(g => Math.Sqrt(g.Values.Sum(w => w * w)))], Math.Max(0, words.Length - 1));
    }

    private sealed record Weights(Dictionary<string, double>[] Grams, double[] Norms, int Pairs);
}
