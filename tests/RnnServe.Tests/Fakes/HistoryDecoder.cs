using RnnServe.Inference.Search;

namespace RnnServe.Tests.Fakes;

/// <summary>A decoder whose logits are a fixed random function of source and history, so that all its outputs can be enumerated.</summary>
/// <remarks>A row that continues from the wrong parent has another history and gives other logits: reordering is tested with it.</remarks>
internal sealed class HistoryDecoder(int vocabularySize, int seed) : IDecoder
{
    public const int Pad = 0;
    public const int StartToken = 1;
    public const int End = 2;

    private readonly List<(int[] Source, int[] History)> rows = [];
    private int width = 1;

    public static TokenRules Rules { get; } = new(StartToken, End, [StartToken, Pad]);

    public int VocabularySize => vocabularySize;

    public int LeastWidth => 1;

    public int Rows => rows.Count;

    /// <summary>Called before each step with the sources of the batch, one per row.</summary>
    public Action<IReadOnlyList<int[]>> BeforeStep { get; set; } = _ => { };

    /// <summary>Sources whose logits are no numbers.</summary>
    public Predicate<int[]> IsSpoilt { get; set; } = _ => false;

    /// <summary>Rows of each step so far.</summary>
    public List<int> RowsPerStep { get; } = [];

    public bool IsDisposed { get; private set; }

    public void Start(IReadOnlyList<Source> sources, int width)
    {
        Assert.True(rows.Count == 0 || width == this.width);
        this.width = width;
        rows.AddRange(sources.SelectMany(source => Enumerable.Repeat((((TextSource)source).Tokens, Array.Empty<int>()), width)));
    }

    public DecoderOutput Advance(ReadOnlySpan<int> tokens, bool attention)
    {
        Assert.Equal(rows.Count, tokens.Length);
        BeforeStep([.. rows.Select(r => r.Source)]);
        RowsPerStep.Add(rows.Count);
        for (int row = 0; row < rows.Count; row++)
            rows[row] = (rows[row].Source, [.. rows[row].History, tokens[row]]);
        int stride = rows.Max(r => r.Source.Length);
        return new DecoderOutput
        {
            Logits = rows.SelectMany(r => IsSpoilt(r.Source) ? Enumerable.Repeat(float.NaN, vocabularySize) : Logits(r.Source, r.History)).ToArray(),
            Attention = attention ? rows.SelectMany(r => Attention(r.Source, r.History, stride)).ToArray() : [],
            SourceLength = stride,
        };
    }

    public void Reorder(ReadOnlySpan<int> parents, int width)
    {
        var old = rows.ToArray();
        rows.Clear();
        foreach (int parent in parents)
            rows.Add(old[parent]);
        this.width = width;
    }

    public void Dispose() => IsDisposed = true;

    /// <param name="source">Source tokens.</param>
    /// <param name="history">Tokens fed so far, the start token first.</param>
    public float[] Logits(int[] source, int[] history)
    {
        var random = RandomFor(source, history, 17);
        var logits = new float[vocabularySize];
        for (int token = 0; token < vocabularySize; token++)
            logits[token] = (float)((random.NextDouble() * 6) - 3);
        return logits;
    }

    public double[] LogProbs(int[] source, int[] history)
    {
        float[] logits = Logits(source, history);
        double logSum = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        return [.. logits.Select(logit => logit - logSum)];
    }

    public float[] Attention(int[] source, int[] history, int stride)
    {
        var random = RandomFor(source, history, 23);
        var weights = new float[stride];
        for (int s = 0; s < source.Length; s++)
            weights[s] = (float)(0.001 + Math.Pow(random.NextDouble(), 3));
        float sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    /// <summary>Every output with its log-probability: finished ones of at most so many tokens, not empty, and cut ones of as many.</summary>
    public IEnumerable<(int[] Tokens, double LogProb)> Outputs(int[] source, int maxLength) => Continue(source, [StartToken], 0, maxLength);

    private IEnumerable<(int[] Tokens, double LogProb)> Continue(int[] source, int[] history, double logProb, int left)
    {
        if (left == 0)
        {
            yield return (history[1..], logProb);
            yield break;
        }

        double[] next = LogProbs(source, history);
        for (int token = 0; token < vocabularySize; token++)
        {
            if (token == End && history.Length > 1)
                yield return ([.. history[1..], End], logProb + next[token]);
            else if (token != End && !Rules.Banned.Contains(token))
            {
                foreach (var output in Continue(source, [.. history, token], logProb + next[token], left - 1))
                    yield return output;
            }
        }
    }

    /// <summary>FNV-1a over source and history, so that the same row gives the same numbers in every run.</summary>
    private Random RandomFor(int[] source, int[] history, int purpose)
    {
        uint hash = 2166136261;
        foreach (int value in (int[])[seed, purpose, .. source, -1, .. history])
            hash = (hash ^ (uint)value) * 16777619;
        return new Random((int)hash);
    }
}
