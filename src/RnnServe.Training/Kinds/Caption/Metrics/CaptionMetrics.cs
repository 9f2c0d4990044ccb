using System.Globalization;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Kinds.Caption.Metrics;

/// <summary>Scores of captions.</summary>
/// <param name="Bleu1">BLEU of single words, 0 to 100.</param>
/// <param name="Bleu2">BLEU of up to 2 words.</param>
/// <param name="Bleu3">BLEU of up to 3 words.</param>
/// <param name="Bleu4">BLEU of up to 4 words.</param>
/// <param name="CiderD">CIDEr-D, 0 to 10; papers often print 100 times as much.</param>
/// <param name="Images">How many images were scored.</param>
internal sealed record CaptionScores(double Bleu1, double Bleu2, double Bleu3, double Bleu4, double CiderD, int Images)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"BLEU-1..4 = {Bleu1:F2} / {Bleu2:F2} / {Bleu3:F2} / {Bleu4:F2}  CIDEr-D = {CiderD:F3}  "
            + $"images = {Images}");
}

/// <summary>BLEU-1 to BLEU-4 and CIDEr-D over several references, as coco-caption computes them.</summary>
/// <remarks>Source: Chen et al. 2015, "Microsoft COCO Captions: Data Collection and Evaluation Server" (arXiv:1504.00325).</remarks>
internal static class CaptionMetrics
{
    /// <summary>Scores captions by the words that <see cref="CaptionWords"/> finds in them and in the references.</summary>
    /// <param name="captions">One for each image.</param>
    /// <param name="references">The captions that people wrote of the same images; at least one each.</param>
    /// <exception cref="ArgumentException">There are no captions, or other numbers of references.</exception>
    public static CaptionScores Score(IReadOnlyList<string> captions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        if (captions.Count == 0 || captions.Count != references.Count)
            throw new ArgumentException($"There are {captions.Count} captions and references of {references.Count} images; it takes one "
                + "caption each.");
        if (references.Any(image => image.Count == 0))
            throw new ArgumentException("Every image needs a reference.");

        var found = CaptionWords.Of(captions);
        var words = new Queue<string[]>(CaptionWords.Of(references.SelectMany(image => image)));
        IReadOnlyList<string[]>[] expected = [.. references.Select(image => image.Select(_ => words.Dequeue()).ToArray())];
        var counts = new BleuCounts();
        var cider = new CiderD(expected);
        double sum = 0;
        foreach (var (caption, image) in found.Zip(expected))
        {
            counts.Add(caption, image);
            sum += cider.Score(caption, image);
        }

        double[] bleu = Bleu(counts);
        return new CaptionScores(bleu[0], bleu[1], bleu[2], bleu[3], sum / captions.Count, captions.Count);
    }

    /// <summary>How <see cref="Score"/> computes, as a signature of sacreBLEU says it: compare scores of equal signatures only.</summary>
    /// <param name="references">References of each image.</param>
    public static string Signature(IReadOnlyList<IReadOnlyList<string>> references)
    {
        var (least, most) = (references.Min(image => image.Count), references.Max(image => image.Count));
        string number = least == most ? $"{least}" : $"{least}-{most}";
        string? version = typeof(CaptionMetrics).Assembly.GetName().Version?.ToString(3);
        return $"nrefs:{number}|case:lc|tok:caption|smooth:tiny|cider:d,n4,sigma6|version:rnnserve-{version}";
    }

    /// <summary>The geometric means of the first 1 to 4 precisions, times the brevity penalty.</summary>
    private static double[] Bleu(BleuCounts counts)
    {
        // The constants of the published code: an order without matches, or a corpus without words, scores nearly 0 instead of nothing.
        const double Small = 1e-9, Tiny = 1e-15;
        double ratio = (counts.HypothesisLength + Tiny) / (counts.ReferenceLength + Small);
        double penalty = ratio < 1 ? Math.Exp(1 - (1 / ratio)) : 1;
        double[] bleu = new double[BleuCounts.Orders];
        double product = 1;
        for (int n = 0; n < BleuCounts.Orders; n++)
        {
            product *= (counts.Matches[n] + Tiny) / (counts.Totals[n] + Small);
            bleu[n] = 100 * penalty * Math.Pow(product, 1.0 / (n + 1));
        }

        return bleu;
    }
}
