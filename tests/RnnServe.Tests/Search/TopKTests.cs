using RnnServe.Inference.Search;

namespace RnnServe.Tests.Search;

public class TopKTests
{
    private delegate float Selection(ReadOnlySpan<float> logits, Span<float> values, Span<int> tokens);

    private static readonly Selection[] Widths = [TopK.Select, TopK.Select<Lanes512>, TopK.Select<Lanes256>, TopK.Select<Lanes128>, TopK.Select<Lanes1>];

    public static TheoryData<int, int, double> Sizes => new()
    {
        { 1, 1, 1 }, { 4, 4, 1 }, { 5, 9, 3 }, { 63, 10, 3 }, { 64, 10, 3 }, { 65, 10, 3 }, { 127, 10, 2 }, { 128, 1, 5 }, { 129, 33, 5 },
        { 1000, 12, 0.01 }, { 6000, 13, 4 }, { 32001, 35, 8 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void The_best_tokens_and_the_sum_agree_with_a_sort_in_double_precision(int vocabularySize, int n, double spread)
    {
        var random = new Random(vocabularySize);
        Agree([.. Enumerable.Range(0, vocabularySize).Select(_ => (float)((random.NextDouble() - 0.5) * 4 * spread))], n);
    }

    [Theory]
    [InlineData(640, 4), InlineData(640, 20), InlineData(1000, 13), InlineData(6000, 33)]
    public void Ties_agree_with_a_sort_too(int vocabularySize, int n)
    {
        var random = new Random(n);
        for (int round = 0; round < 20; round++)
            Agree([.. Enumerable.Range(0, vocabularySize).Select(_ => random.Next(50) == 0 ? random.Next(1, 4) : 0f)], n);
    }

    [Fact]
    public void Each_of_the_best_may_be_in_a_block_of_its_own()
    {
        float[] logits = new float[640];
        for (int i = 1; i <= 9; i += 2)
            logits[(64 * i) + i] = 1 + (i % 4);
        Agree(logits, 5);
    }

    [Fact]
    public void Of_equal_maxima_the_earlier_blocks_count_and_within_them_the_earlier_tokens()
    {
        float[] logits = new float[640];
        (logits[63], logits[64], logits[65], logits[128], logits[192]) = (1, 2, 1, 2, 2);
        foreach (var select in Widths)
        {
            int[] two = new int[2], four = new int[4];
            select(logits, new float[2], two);
            select(logits, new float[4], four);
            Assert.Equal([64, 128], two);
            Assert.Equal([64, 128, 192, 63], four);
        }
    }

    [Fact]
    public void Exp_is_exact_to_two_units_in_the_last_place()
    {
        for (double x = -87; x <= 0; x += 0.00137)
        {
            double expected = Math.Exp((float)x);
            foreach (float found in new[] { Exp<Lanes512>((float)x), Exp<Lanes256>((float)x), Exp<Lanes128>((float)x), Exp<Lanes1>((float)x) })
                Assert.InRange(Math.Abs((found - expected) / expected), 0, 2.4e-7);
        }
    }

    [Fact]
    public void Equal_logits_come_in_the_order_of_their_tokens()
    {
        float[] logits = [.. Enumerable.Range(0, 500).Select(token => token % 5 == 3 ? 2f : 1f)];
        foreach (var select in Widths)
        {
            var tokens = new int[20];
            select(logits, new float[20], tokens);
            Assert.Equal(Enumerable.Range(0, 20).Select(i => 3 + (5 * i)), tokens);
        }
    }

    [Fact]
    public void Extreme_logits_neither_overflow_nor_vanish()
    {
        float[] logits = new float[300];
        Array.Fill(logits, -1e9f);
        logits[7] = 1000f;
        logits[250] = 999f;
        logits[299] = float.NegativeInfinity;
        foreach (var select in Widths)
        {
            var tokens = new int[2];
            float logSum = select(logits, new float[2], tokens);
            Assert.Equal(1000 + Math.Log(1 + Math.Exp(-1)), logSum, tolerance: 1e-4);
            Assert.Equal([7, 250], tokens);
        }
    }

    [Theory]
    [InlineData(1), InlineData(299), InlineData(300)]
    public void Impossible_tokens_before_the_first_possible_one_add_nothing(int impossible)
    {
        float[] logits = [.. Enumerable.Repeat(float.NegativeInfinity, impossible), 3f];
        foreach (var select in Widths)
        {
            var values = new float[2];
            Assert.Equal(3f, select(logits, values, new int[2]), tolerance: 1e-6f);
            Assert.Equal([3f, float.NegativeInfinity], values);
            Assert.False(float.IsFinite(select(logits.AsSpan(0, impossible), values, new int[2])));
        }
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void A_logit_that_is_no_number_shows_in_the_sum(float bad)
    {
        foreach (int place in new[] { 0, 100, 299 })
        {
            float[] logits = new float[300];
            logits[place] = bad;
            foreach (var select in Widths)
                Assert.False(float.IsFinite(select(logits, new float[3], new int[3])));
        }
    }

    private static float Exp<T>(float x) where T : struct, ILanes<T> => TopK.Exp(T.Create(x)).MaxAcross();

    private static void Agree(float[] logits, int n)
    {
        int[] order = [.. Enumerable.Range(0, logits.Length).OrderByDescending(token => logits[token]).ThenBy(token => token).Take(n)];
        double max = logits.Max();
        double logSum = max + Math.Log(logits.Sum(logit => Math.Exp(logit - max)));

        foreach (var select in Widths)
        {
            var values = new float[n];
            var tokens = new int[n];
            float found = select(logits, values, tokens);

            Assert.Equal(logSum, found, tolerance: 2e-6 * Math.Max(1, Math.Abs(logSum)));
            Assert.Equal(order, tokens[..order.Length]);
            Assert.Equal(order.Select(token => logits[token]), values[..order.Length]);
            Assert.All(tokens[order.Length..], token => Assert.Equal(-1, token));
        }
    }
}
