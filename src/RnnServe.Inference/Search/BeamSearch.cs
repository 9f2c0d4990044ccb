namespace RnnServe.Inference.Search;

/// <summary>The beam search of one sentence: its hypotheses, scores and limits, without any tensor.</summary>
/// <remarks>
/// Each step ranks the 2K best continuations of the live hypotheses by log-probability. An end token among the first K
/// ranks finishes its hypothesis; the K best others live on. No output is empty: the first token is an end token only where nothing else
/// is possible. At the maximal length the live hypotheses are cut and compete with the finished ones. The search is over when the
/// maximal length is reached, when nothing lives, or when no live hypothesis can still enter the wanted n best. That test is exact: a
/// log-probability only falls, the length penalty divides it by no more than at the maximal length, and the coverage penalty is never
/// above 0, so a live hypothesis ends at Total / lp(MaxLength) at best. Once K hypotheses are finished it is enough that the best live
/// one, ended at the next step for nothing, would not be the best. That is no proof, as the penalty divides a longer output by more, but
/// it ends the search long before the maximal length; and a confident model that finishes K bad hypotheses early does not lose the good
/// one that still lives. Of the finished hypotheses the K best are kept. Equal scores go to the lower beam, then to the lower token,
/// among finished ones to the earlier. Width 1 is greedy search: its first end is the end.
/// </remarks>
internal sealed class BeamSearch : ISearch
{
    private readonly TokenRules rules;
    private readonly DecodingOptions options;
    private readonly LengthPenalty lengthPenalty;
    private readonly CoveragePenalty coveragePenalty;
    private readonly List<Hypothesis> finished;
    private readonly HypothesisTree tree;
    private readonly int[] parents;
    private readonly RestrictedRow? restricted;
    private LiveHypothesis[] live;
    private LiveHypothesis[] next;
    private float[] topLogits = [];
    private int[] topTokens = [];
    private int step;

    /// <param name="source">What the sentence is decoded from.</param>
    /// <param name="rules">The target tokens with a meaning of their own.</param>
    /// <param name="options">How to search.</param>
    public BeamSearch(Source source, TokenRules rules, DecodingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BeamSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Best, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Best, options.BeamSize);
        Source = source;
        this.rules = rules;
        this.options = options;
        lengthPenalty = new LengthPenalty(options.LengthPenalty);
        coveragePenalty = new CoveragePenalty(options.CoveragePenalty);
        finished = new(options.BeamSize + 1);
        tree = new(options.BeamSize, options.MaxLength);
        parents = new int[options.BeamSize];
        live = new LiveHypothesis[options.BeamSize];
        next = new LiveHypothesis[options.BeamSize];
        restricted = options.Constraint is { } constraint ? new(constraint) : null;
        live[0] = new LiveHypothesis(HypothesisTree.Root, rules.Start, 0);
        Live = 1;
    }

    public Source Source { get; }

    public int Width => options.BeamSize;

    public bool NeedsAttention => options.NeedsAttention;

    public int Live { get; private set; }

    public bool Done { get; private set; }

    public int Token(int beam) => live[beam].Token;

    public int Parent(int beam) => parents[beam];

    public IReadOnlyList<Hypothesis> Results() => [.. finished.Take(options.Best)];

    public void Advance(ReadOnlySpan<float> logits, int vocabularySize, ReadOnlySpan<float> attention, int stride)
    {
        step++;
        var candidates = new Candidates(this, logits, vocabularySize, stackalloc float[Width]);
        Span<Candidate> best = stackalloc Candidate[2 * Width];
        best = best[..candidates.Merge(best)];
        int count = 0;
        for (int rank = 0; rank < best.Length && count < Width; rank++)
        {
            var (beam, token, logProb, total) = best[rank];
            if (token == rules.End && rank >= Width)
                continue;
            float[]? row = attention.IsEmpty ? null : attention.Slice(beam * stride, Source.Length).ToArray();
            var hypothesis = new LiveHypothesis(tree.Add(live[beam].Node, token, logProb, row), token, total);
            if (token == rules.End)
            {
                Finish(hypothesis, truncated: false);
                continue;
            }

            parents[count] = beam;
            next[count++] = hypothesis;
        }

        // Where a constraint leaves nothing, the hypotheses end as they are.
        if (count == 0 && finished.Count == 0 && step > 1)
        {
            step--;
            FinishLive();
            (Live, Done) = (0, true);
            tree.Release();
            return;
        }

        (live, next) = (next, live);
        Live = count;
        Done = IsOver();
        if (step == options.MaxLength)
            FinishLive();
        if (Done)
            tree.Release();
    }

    public int[]? Agreed(int known)
    {
        if (Done || Live == 0 || step <= known)
            return null;
        Span<int> last = stackalloc int[Live];
        for (int beam = 0; beam < Live; beam++)
            last[beam] = live[beam].Node;
        int[] shared = tree.Shared(last, step);
        int count = finished.Count > 0 ? shared.AsSpan().CommonPrefixLength(finished[0].Tokens) : shared.Length;
        return count > known ? shared[..count] : null;
    }

    private void FinishLive()
    {
        for (int beam = 0; beam < Live; beam++)
            Finish(live[beam], truncated: true);
    }

    private bool IsOver()
    {
        if (Live == 0 || step == options.MaxLength)
            return true;
        if (finished.Count < options.Best)
            return false;
        if (finished.Count >= Width)
            return Width == 1 || lengthPenalty.Normalize(live[0].Total, step + 1) <= finished[0].Score;
        double bound = double.NegativeInfinity;
        for (int beam = 0; beam < Live; beam++)
            bound = Math.Max(bound, lengthPenalty.Normalize(live[beam].Total, options.MaxLength));
        return bound <= finished[options.Best - 1].Score;
    }

    /// <summary>Keeps a hypothesis of as many tokens as steps were taken, if it is among the K best.</summary>
    private void Finish(LiveHypothesis last, bool truncated)
    {
        double score = lengthPenalty.Normalize(last.Total, step);
        if (coveragePenalty.Beta == 0 && finished.Count == Width && score <= finished[^1].Score)
            return;
        var (tokens, logProbs, attention) = tree.Take(last.Node, step);
        if (coveragePenalty.Beta > 0)
            score += coveragePenalty.Of(Coverage(attention!));
        if (finished.Count == Width && score <= finished[^1].Score)
            return;
        var hypothesis = new Hypothesis(tokens, logProbs, score)
        {
            Truncated = truncated,
            Attention = options.Attention ? attention : null,
        };
        int place = finished.Count;
        while (place > 0 && finished[place - 1].Score < score)
            place--;
        finished.Insert(place, hypothesis);
        if (finished.Count > Width)
            finished.RemoveAt(Width);
    }

    private double[] Coverage(float[][] attention)
    {
        var coverage = new double[Source.Length];
        foreach (float[] row in attention)
        {
            for (int s = 0; s < coverage.Length; s++)
                coverage[s] += row[s];
        }

        return coverage;
    }

    /// <summary>A hypothesis that is still growing.</summary>
    /// <param name="Node">Its last token in the tree.</param>
    /// <param name="Token">Its last token.</param>
    /// <param name="Total">Sum of its log-probabilities.</param>
    private readonly record struct LiveHypothesis(int Node, int Token, double Total);

    /// <summary>A continuation of a live hypothesis.</summary>
    private readonly record struct Candidate(int Beam, int Token, float LogProb, double Total);

    /// <summary>The best tokens of each live hypothesis, merged best first.</summary>
    private readonly ref struct Candidates
    {
        private readonly BeamSearch search;
        private readonly int perBeam;
        private readonly Span<float> values;
        private readonly Span<int> tokens;
        private readonly Span<float> logSums;

        /// <param name="search">Whose live hypotheses go on.</param>
        /// <param name="logits">Shape [at least Live, V].</param>
        /// <param name="vocabularySize">V.</param>
        /// <param name="logSums">Room for one number per live hypothesis.</param>
        public Candidates(BeamSearch search, ReadOnlySpan<float> logits, int vocabularySize, Span<float> logSums)
        {
            this.search = search;
            this.logSums = logSums;
            perBeam = Math.Min(search.rules.Ranked(search.Width), vocabularySize);
            if (search.topLogits.Length < search.Live * perBeam)
            {
                search.topLogits = new float[search.Width * perBeam];
                search.topTokens = new int[search.Width * perBeam];
            }

            values = search.topLogits;
            tokens = search.topTokens;
            for (int beam = 0; beam < search.Live; beam++)
            {
                var row = logits.Slice(beam * vocabularySize, vocabularySize);
                var best = values.Slice(beam * perBeam, perBeam);
                var bestTokens = tokens.Slice(beam * perBeam, perBeam);
                logSums[beam] = ISearch.LogSum(row, best, bestTokens);
                if (search.restricted is { } restricted)
                    TopK.Select(restricted.Restrict(row, search.tree, search.live[beam].Node, search.step - 1), best, bestTokens);
            }
        }

        /// <summary>Fills a list best first and returns how many there are.</summary>
        public int Merge(Span<Candidate> best)
        {
            int count = Merge(best, mayEnd: search.step > 1);
            return count > 0 ? count : Merge(best, mayEnd: true);
        }

        private int Merge(Span<Candidate> best, bool mayEnd)
        {
            Span<int> heads = stackalloc int[search.Live];
            int count = 0;
            while (count < best.Length)
            {
                int winner = -1;
                var winning = default(Candidate);
                for (int beam = 0; beam < search.Live; beam++)
                {
                    if (Head(beam, ref heads[beam], mayEnd) is { } candidate && (winner < 0 || candidate.Total > winning.Total))
                        (winner, winning) = (beam, candidate);
                }

                if (winner < 0)
                    break;
                heads[winner]++;
                best[count++] = winning;
            }

            return count;
        }

        /// <summary>The best continuation of a beam that is not taken, not banned and not impossible.</summary>
        private Candidate? Head(int beam, ref int head, bool mayEnd)
        {
            for (; head < perBeam; head++)
            {
                int place = (beam * perBeam) + head;
                if (float.IsNegativeInfinity(values[place]))
                    return null;
                if (search.rules.Banned.Contains(tokens[place]) || (!mayEnd && tokens[place] == search.rules.End))
                    continue;
                float logProb = values[place] - logSums[beam];
                return new Candidate(beam, tokens[place], logProb, search.live[beam].Total + logProb);
            }

            return null;
        }
    }
}
