namespace RnnServe.Training.Metrics;

/// <summary>What BLEU is computed from: matches and totals of n-grams of 1 to 4 words, over all sentences.</summary>
/// <remarks>Source: Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation".</remarks>
internal sealed class BleuCounts
{
    public const int Orders = 4;

    private readonly long[] matches = new long[Orders];
    private readonly long[] totals = new long[Orders];

    /// <summary>N-grams, by their order less 1, that a reference has too; each at most as often as in one reference.</summary>
    public IReadOnlyList<long> Matches => matches;

    /// <summary>N-grams of the hypotheses, likewise.</summary>
    public IReadOnlyList<long> Totals => totals;

    /// <summary>Words of the hypotheses.</summary>
    public long HypothesisLength { get; private set; }

    /// <summary>Words of the references that are closest in length to their hypothesis; of two that are, the shorter.</summary>
    public long ReferenceLength { get; private set; }

    /// <summary>Counts one sentence.</summary>
    public void Add(string[] hypothesis, IReadOnlyList<string[]> references)
    {
        HypothesisLength += hypothesis.Length;
        ReferenceLength += references.Select(r => r.Length).MinBy(length => (Math.Abs(length - hypothesis.Length), length));
        for (int n = 1; n <= Orders; n++)
        {
            var allowed = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var (gram, count) in references.SelectMany(r => NGrams.Count(r, n)))
                allowed[gram] = Math.Max(count, allowed.GetValueOrDefault(gram));
            foreach (var (gram, count) in NGrams.Count(hypothesis, n))
                matches[n - 1] += Math.Min(count, allowed.GetValueOrDefault(gram));
            totals[n - 1] += Math.Max(0, hypothesis.Length - n + 1);
        }
    }
}
