namespace RnnServe.Inference.Search;

/// <summary>Draws the outputs of one sentence token by token, from what the model finds likely (ancestral sampling).</summary>
/// <remarks>
/// A row for each output. Scores and log-probabilities are the model's own, without temperature. No output is empty unless nothing else is
/// possible; one that reaches the maximal length is cut.
/// </remarks>
internal sealed class SamplingSearch : ISearch
{
    private readonly TokenRules rules;
    private readonly DecodingOptions options;
    private readonly SamplingOptions sampling;
    private readonly RestrictedRow? restricted;
    private readonly HypothesisTree tree;
    private readonly List<Hypothesis> finished;
    private readonly (int Sample, int Node, int Token, double Total)[] live;
    private readonly int[] parents;
    private float[] likeliest = [];
    private int[] tokens = [];
    private int step;

    /// <param name="source">What the sentence is decoded from.</param>
    /// <param name="rules">The target tokens with a meaning of their own.</param>
    /// <param name="options">Maximal length, length penalty, constraint; the beam size does not matter.</param>
    /// <param name="sampling">How to draw.</param>
    public SamplingSearch(Source source, TokenRules rules, DecodingOptions options, SamplingOptions sampling)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampling.Samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxLength, 1);
        if (sampling.Check().FirstOrDefault() is { Field: not null } error)
            throw new ArgumentOutOfRangeException(nameof(sampling), error.ToString());
        (Source, this.rules, this.options, this.sampling) = (source, rules, options, sampling);
        restricted = options.Constraint is { } constraint ? new(constraint) : null;
        tree = new(sampling.Samples, options.MaxLength);
        finished = new(sampling.Samples);
        parents = new int[sampling.Samples];
        live = [.. Enumerable.Range(0, sampling.Samples).Select(sample => (sample, HypothesisTree.Root, rules.Start, 0.0))];
        Live = live.Length;
    }

    public Source Source { get; }

    public int Width => sampling.Samples;

    public bool NeedsAttention => options.Attention;

    public int Live { get; private set; }

    public bool Done => Live == 0;

    public int Token(int beam) => live[beam].Token;

    public int Parent(int beam) => parents[beam];

    public IReadOnlyList<Hypothesis> Results() => [.. finished.OrderByDescending(output => output.Score)];

    public int[]? Agreed(int known)
    {
        // Of several samples, nobody knows the best before all are drawn, and they share little.
        if (Live == 0 || step <= known || sampling.Samples > 1)
            return null;
        var tokens = new int[step];
        tree.TokensOf(live[0].Node, tokens);
        return tokens;
    }

    public void Advance(ReadOnlySpan<float> logits, int vocabularySize, ReadOnlySpan<float> attention, int stride)
    {
        step++;
        int count = 0;
        for (int beam = 0; beam < Live; beam++)
        {
            var (sample, node, last, total) = live[beam];
            var row = logits.Slice(beam * vocabularySize, vocabularySize);
            int ranked = Rank(row, node, out float logSum);
            if (ranked == 0)
            {
                Finish(node, step - 1, total, truncated: true);
                continue;
            }

            int token = tokens[Draw(ranked, sample)];
            float logProb = row[token] - logSum;
            float[]? attended = attention.IsEmpty ? null : attention.Slice(beam * stride, Source.Length).ToArray();
            node = tree.Add(node, token, logProb, attended);
            if (token == rules.End || step == options.MaxLength)
                Finish(node, step, total + logProb, truncated: token != rules.End);
            else
                (parents[count], live[count++]) = (beam, (sample, node, token, total + logProb));
        }

        Live = count;
        if (Done)
            tree.Release();
    }

    /// <summary>Finds the tokens to draw from, the likeliest first, in <see cref="tokens"/> and <see cref="likeliest"/>.</summary>
    /// <returns>How many there are.</returns>
    private int Rank(ReadOnlySpan<float> row, int node, out float logSum)
    {
        if (likeliest.Length < row.Length)
            (likeliest, tokens) = (new float[row.Length], new int[row.Length]);
        logSum = ISearch.LogSum(row, likeliest.AsSpan(0, 1), tokens.AsSpan(0, 1));
        if (restricted is not null)
            row = restricted.Restrict(row, tree, node, step - 1);
        int count = Possible(row, mayEnd: step > 1);
        if (count == 0)
            count = Possible(row, mayEnd: true);
        if (sampling.TopK == 0 && sampling.TopP == 1)
            return count;
        likeliest.AsSpan(0, count).Sort(tokens.AsSpan(0, count), static (a, b) => b.CompareTo(a));
        return sampling.TopK > 0 ? Math.Min(count, sampling.TopK) : count;
    }

    private int Possible(ReadOnlySpan<float> row, bool mayEnd)
    {
        int count = 0;
        for (int token = 0; token < row.Length; token++)
        {
            if (!float.IsNegativeInfinity(row[token]) && !rules.Banned.Contains(token) && (mayEnd || token != rules.End))
                (likeliest[count], tokens[count++]) = (row[token], token);
        }

        return count;
    }

    /// <returns>The place of the drawn token.</returns>
    private int Draw(int ranked, int sample)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < ranked; i++)
            max = Math.Max(max, likeliest[i]);
        for (int i = 0; i < ranked; i++)
            sum += Weight(i);

        // The likeliest that have the wanted share together.
        double most = 0;
        int kept = 0;
        while (kept < ranked && (kept == 0 || most < sampling.TopP * sum))
            most += Weight(kept++);

        double left = most * Uniform(sample);
        for (int i = 0; i < kept - 1; i++)
        {
            left -= Weight(i);
            if (left < 0)
                return i;
        }

        return kept - 1;

        double Weight(int i) => Math.Exp((likeliest[i] - max) / sampling.Temperature);
    }

    /// <summary>A number in [0, 1) that depends on seed, sample and step alone (SplitMix64, Steele et al. 2014).</summary>
    private double Uniform(int sample)
    {
        ulong z = Mix(Mix(sampling.Seed + (0x9E3779B97F4A7C15UL * (ulong)(sample + 1))) + (ulong)step);
        return (z >> 11) * (1.0 / (1UL << 53));

        static ulong Mix(ulong z)
        {
            z += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    private void Finish(int node, int length, double total, bool truncated)
    {
        var (found, logProbs, attention) = tree.Take(node, length);
        double score = length == 0 ? total : new LengthPenalty(options.LengthPenalty).Normalize(total, length);
        finished.Add(new Hypothesis(found, logProbs, score) { Truncated = truncated, Attention = attention });
    }
}
