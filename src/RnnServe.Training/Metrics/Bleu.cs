using System.Globalization;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Metrics;

/// <summary>A corpus BLEU score and what it is made of.</summary>
/// <param name="Score">0 to 100.</param>
/// <param name="Precisions">Of n-grams of 1 to 4 words, smoothed, 0 to 100.</param>
/// <param name="BrevityPenalty">1, or less when the hypotheses are shorter than the references.</param>
/// <param name="HypothesisLength">Words of all hypotheses.</param>
/// <param name="ReferenceLength">Words of the references that are closest in length.</param>
/// <param name="Signature">How it was computed, in sacreBLEU's notation: compare scores of equal signatures only.</param>
internal sealed record BleuScore(
    double Score, IReadOnlyList<double> Precisions, double BrevityPenalty, long HypothesisLength, long ReferenceLength, string Signature)
{
    /// <summary>The score as sacreBLEU prints it.</summary>
    public override string ToString()
    {
        string precisions = string.Join('/', Precisions.Select(p => p.ToString("F1", CultureInfo.InvariantCulture)));
        double ratio = ReferenceLength == 0 ? 0 : (double)HypothesisLength / ReferenceLength;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"BLEU = {Score:F2} {precisions} (BP = {BrevityPenalty:F3} ratio = {ratio:F3} hyp_len = {HypothesisLength} ref_len = "
                + $"{ReferenceLength})");
    }
}

/// <summary>Corpus BLEU as sacreBLEU computes it: 13a tokenisation, exponential smoothing.</summary>
/// <remarks>Sources: Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation"; smoothing: Chen and Cherry
/// 2014, method 3, as in mteval; Post 2018 (arXiv:1804.08771).</remarks>
internal static class Bleu
{
    /// <summary>Scores hypotheses against one or more references each.</summary>
    /// <param name="hypotheses">One sentence each, not tokenised.</param>
    /// <param name="references">One list for each reference, aligned with the hypotheses.</param>
    /// <param name="lowerCase">Whether case is ignored.</param>
    /// <exception cref="ArgumentException">There is no reference, or a list has another length.</exception>
    public static BleuScore Score(IReadOnlyList<string> hypotheses, IReadOnlyList<IReadOnlyList<string>> references, bool lowerCase)
    {
        if (references.Count == 0 || hypotheses.Count == 0)
            throw new ArgumentException("BLEU needs a hypothesis and a reference.");
        if (references.FirstOrDefault(list => list.Count != hypotheses.Count) is { } wrong)
            throw new ArgumentException($"There are {hypotheses.Count} hypotheses but {wrong.Count} references.");

        var counts = new BleuCounts();
        for (int i = 0; i < hypotheses.Count; i++)
            counts.Add(Words(hypotheses[i], lowerCase), [.. references.Select(list => Words(list[i], lowerCase))]);
        return ToScore(counts, Signature(references.Count, lowerCase));
    }

    private static string[] Words(string sentence, bool lowerCase) =>
        Tokenizer13a.Split(lowerCase ? LowerCase.Of(sentence) : sentence);

    private static string Signature(int references, bool lowerCase)
    {
        var version = typeof(Bleu).Assembly.GetName().Version ?? new Version();
        return $"nrefs:{references}|case:{(lowerCase ? "lc" : "mixed")}|eff:no|tok:13a|smooth:exp|version:rnnserve-{version.ToString(3)}";
    }

    private static BleuScore ToScore(BleuCounts counts, string signature)
    {
        double penalty = counts.HypothesisLength >= counts.ReferenceLength ? 1
            : counts.HypothesisLength == 0 ? 0
            : Math.Exp(1 - ((double)counts.ReferenceLength / counts.HypothesisLength));
        double[] precisions = Precisions(counts);
        double score = precisions.All(p => p > 0) ? penalty * Math.Exp(precisions.Average(Math.Log)) : 0;
        return new BleuScore(score, precisions, penalty, counts.HypothesisLength, counts.ReferenceLength, signature);
    }

    /// <summary>An order without matches counts as half a match, the next one as a quarter, and so on.</summary>
    private static double[] Precisions(BleuCounts counts)
    {
        double[] precisions = new double[BleuCounts.Orders];
        if (counts.Matches.All(m => m == 0))
            return precisions;

        double halvings = 1;
        for (int n = 0; n < BleuCounts.Orders && counts.Totals[n] > 0; n++)
        {
            if (counts.Matches[n] == 0)
                halvings *= 2;
            precisions[n] = 100.0 * (counts.Matches[n] == 0 ? 1 / halvings : counts.Matches[n]) / counts.Totals[n];
        }

        return precisions;
    }
}
