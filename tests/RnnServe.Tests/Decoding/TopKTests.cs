using RnnServe.Inference.Decoding;

namespace RnnServe.Tests.Decoding;

public class TopKTests
{
    private delegate float Selection(ReadOnlySpan<float> logits, Span<float> values, Span<int> tokens);

    private static readonly Selection[] Widths = [TopK.Select, TopK.Select<Lanes512>, TopK.Select<Lanes256>, TopK.Select<Lanes128>, TopK.Select<Lanes1>];

    public static TheoryData<int, int, double> Sizes => new()
    {
        { 1, 1, 1 }, { 4, 4, 1 }, { 5, 9, 3 }, { 127, 10, 2 }, { 128, 1, 5 }, { 129, 33, 5 }, { 1000, 12, 0.01 }, { 6000, 13, 4 }, { 32001, 35, 8 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void The_best_tokens_and_the_sum_agree_with_a_sort_in_double_precision(int vocabularySize, int n, double spread)
    {
        var random = new Random(vocabularySize);
        float[] logits = [.. Enumerable.Range(0, vocabularySize).Select(_ => (float)((random.NextDouble() - 0.5) * 4 * spread))];
        int[] order = [.. Enumerable.Range(0, vocabularySize).OrderByDescending(token => logits[token]).ThenBy(token => token).Take(n)];
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
}
