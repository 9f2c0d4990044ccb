using RnnServe.Inference.Search;
using RnnServe.Tests.Fakes;

namespace RnnServe.Tests.Search;

/// <summary>Policies beside beam search over the same rows: sampling, and constraints of either.</summary>
public class SearchPolicyTests
{
    private const int Vocabulary = 6;
    private static readonly int[] Source = [7, 8];

    [Fact]
    public void Samples_come_as_often_as_the_model_finds_them_likely()
    {
        const int Samples = 20_000;
        var decoder = new HistoryDecoder(Vocabulary, seed: 3);

        var drawn = Sample(decoder, new() { Samples = Samples, Temperature = 0.7, Seed = 5 }, maxLength: 2);

        Assert.Equal(Samples, drawn.Count);
        var counts = drawn.GroupBy(h => string.Join(' ', h.Tokens)).ToDictionary(g => g.Key, g => (double)g.Count() / Samples);
        var expected = Likelihoods(decoder, [HistoryDecoder.StartToken], 2, 0.7).ToList();
        Assert.Equal(1, expected.Sum(e => e.Probability), 1e-9);
        Assert.All(expected, output => Assert.Equal(
            output.Probability, counts.GetValueOrDefault(string.Join(' ', output.Tokens)), 4 * Math.Sqrt(output.Probability / Samples)));
        Assert.All(drawn, h => Assert.Equal(h.Tokens.Length == 2 && h.Tokens[^1] != HistoryDecoder.End, h.Truncated));
    }

    [Fact]
    public void The_same_seed_draws_the_same_whoever_is_in_the_batch_and_another_draws_others()
    {
        var decoder = new HistoryDecoder(12, seed: 4);
        SamplingOptions One(ulong seed) => new() { Samples = 3, Seed = seed };

        var alone = Sample(decoder, One(1), maxLength: 10);
        var other = Sample(decoder, One(2), maxLength: 10);
        ISearch[] crowd =
        [
            new BeamSearch(new TextSource([3]), HistoryDecoder.Rules, new() { BeamSize = 4, MaxLength = 7 }),
            New(One(1), 10, null),
            New(new() { Samples = 5, Seed = 9, Temperature = 2 }, 4, null),
        ];
        var together = SearchRows.DecodeAll(decoder, crowd, 3)[1];

        Assert.Equal(alone.Select(h => h.Tokens), together.Select(h => h.Tokens));
        Assert.Equal(alone.Select(h => h.Score), together.Select(h => h.Score));
        Assert.NotEqual(alone.Select(h => h.Tokens), other.Select(h => h.Tokens));
    }

    [Theory, InlineData(1, 1.0), InlineData(0, 1e-6)]
    public void Of_the_likeliest_token_alone_a_sample_is_greedy_search(int topK, double topP)
    {
        var decoder = new HistoryDecoder(12, seed: 4);
        var options = new DecodingOptions { BeamSize = 1, MaxLength = 10, LengthPenalty = 0.6f };

        var greedy = SearchRows.DecodeAll(decoder, [new BeamSearch(new TextSource(Source), HistoryDecoder.Rules, options)], 1)[0][0];
        var sampled = Sample(decoder, new() { TopK = topK, TopP = topP, Seed = 8 }, maxLength: 10, lengthPenalty: 0.6f)[0];

        Assert.Equal(greedy.Tokens, sampled.Tokens);
        Assert.Equal(greedy.Score, sampled.Score, 1e-9);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(5)]
    public void What_all_hypotheses_agree_on_only_grows_and_is_how_the_best_begins(int beam)
    {
        int agreed = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            var options = new DecodingOptions { BeamSize = beam, MaxLength = 14, LengthPenalty = 1 };
            var search = new BeamSearch(new TextSource(Source), HistoryDecoder.Rules, options);
            var rows = new SearchRows(new HistoryDecoder(8, seed));
            rows.Add([search]);
            int[] known = [];
            while (!search.Done)
            {
                rows.Step();
                if (search.Agreed(known.Length) is not { } more)
                    continue;
                Assert.True(more.Length > known.Length);
                Assert.Equal(known, more[..known.Length]);
                known = more;
            }

            Assert.Equal(known, search.Results()[0].Tokens[..known.Length]);
            agreed += known.Length;
        }

        Assert.InRange(agreed, 60 / beam, 60 * 14);
    }

    [Theory, InlineData(3, 4), InlineData(4, 5)]
    public void A_wide_beam_finds_the_best_of_the_outputs_that_begin_as_they_must(int first, int second)
    {
        var decoder = new HistoryDecoder(Vocabulary, seed: 2);
        int[] prefix = [first, second];
        var options = new DecodingOptions { BeamSize = 300, MaxLength = 4, LengthPenalty = 0, Constraint = new ForcedPrefix(prefix) };

        var found = SearchRows.DecodeAll(decoder, [new BeamSearch(new TextSource(Source), HistoryDecoder.Rules, options)], 1)[0][0];

        var best = decoder.Outputs(Source, 4).Where(o => o.Tokens.Take(2).SequenceEqual(prefix)).MaxBy(o => o.LogProb);
        Assert.Equal(best.Tokens, found.Tokens);
        Assert.Equal(best.LogProb, found.Score, 1e-4);
    }

    // Tokens 3, 4 and 5 add "a", "b" and "ab": a text can be written in several ways, and end inside a token.
    [Theory, InlineData("a"), InlineData("ab"), InlineData("aba"), InlineData("bab"), InlineData("bb")]
    public void A_wide_beam_finds_the_best_of_the_outputs_whose_text_begins_as_it_must(string text)
    {
        var decoder = new HistoryDecoder(Vocabulary, seed: 2);
        string[] added = ["", "", "", "a", "b", "ab"];
        byte[][] bytes = [.. added.Select(System.Text.Encoding.UTF8.GetBytes)];
        var constraint = new ForcedText(System.Text.Encoding.UTF8.GetBytes(text), 0, bytes, bytes, new HashSet<int>(), []);
        var options = new DecodingOptions { BeamSize = 300, Best = 300, MaxLength = 4, LengthPenalty = 0, Constraint = constraint };

        var found = SearchRows.DecodeAll(decoder, [new BeamSearch(new TextSource(Source), HistoryDecoder.Rules, options)], 1)[0];

        var right = decoder.Outputs(Source, 4)
            .Where(o => string.Concat(o.Tokens.Select(token => added[token])).StartsWith(text, StringComparison.Ordinal)).ToList();
        Assert.Equal(right.MaxBy(o => o.LogProb).Tokens, found[0].Tokens);
        Assert.Equal(right.Select(o => string.Join(' ', o.Tokens)).Order(), found.Select(h => string.Join(' ', h.Tokens)).Order());
    }

    // Token 3 is a blank that goes at the beginning of a text, as most tokenizers have one.
    [Fact]
    public void A_text_may_begin_with_a_blank_that_the_first_token_does_not_show()
    {
        byte[][] first = [.. new[] { "", "", "", "", "b", "ab" }.Select(System.Text.Encoding.UTF8.GetBytes)];
        byte[][] following = [.. new[] { "", "", "", " ", " b", "ab" }.Select(System.Text.Encoding.UTF8.GetBytes)];
        var constraint = new ForcedText(" b"u8.ToArray(), 0, first, following, new HashSet<int>(), []);
        var options = new DecodingOptions { BeamSize = 4, MaxLength = 5, Constraint = constraint };

        var found = SearchRows.DecodeAll(
            new HistoryDecoder(Vocabulary, seed: 2), [new BeamSearch(new TextSource(Source), HistoryDecoder.Rules, options)], 1)[0];

        Assert.NotEmpty(found);
        Assert.All(found, h => Assert.Equal([3, 4], h.Tokens.Take(2)));
    }

    // Of the token 3, a byte of several, and 4, a byte alone, runs are spelt: none may go on with 3 behind the text.
    [Fact]
    public void Behind_a_text_that_is_spelt_in_bytes_no_character_begins_in_the_same_run()
    {
        byte[][] bytes = [[], [], [], [0xE2], [0x41], "x"u8.ToArray()];
        var constraint = new ForcedText("A"u8.ToArray(), 0, bytes, bytes, new HashSet<int> { 3, 4 }, []);

        Assert.Equal([3], Forbidden([4]));
        Assert.Equal([3], Forbidden([4, 4]));
        Assert.Empty(Forbidden([4, 5]));

        int[] Forbidden(int[] soFar)
        {
            float[] logits = new float[6];
            constraint.Restrict(soFar, logits);
            return [.. Enumerable.Range(0, 6).Where(token => float.IsNegativeInfinity(logits[token]))];
        }
    }

    [Fact]
    public void Samples_begin_as_they_must()
    {
        var drawn = Sample(new HistoryDecoder(Vocabulary, seed: 2), new() { Samples = 50 }, 6, constraint: new ForcedPrefix([5, 3, 4]));

        Assert.All(drawn, h => Assert.Equal([5, 3, 4], h.Tokens.Take(3)));
        Assert.True(drawn.Select(h => string.Join(' ', h.Tokens)).Distinct().Count() > 3);
    }

    [Fact]
    public void Where_a_constraint_leaves_nothing_an_output_ends_and_says_that_it_was_cut()
    {
        var options = new DecodingOptions { BeamSize = 3, MaxLength = 9, Constraint = new Nothing(After: 2) };
        var decoder = new HistoryDecoder(Vocabulary, seed: 2);
        ISearch[] searches =
        [
            new BeamSearch(new TextSource(Source), new TokenRules(HistoryDecoder.StartToken, 99, [HistoryDecoder.Pad]), options),
            New(new() { Samples = 4 }, 9, new Nothing(After: 2)),
        ];

        var found = SearchRows.DecodeAll(decoder, searches, 2);

        Assert.All(found.SelectMany(f => f).Where(h => h.Tokens[^1] != HistoryDecoder.End), h => Assert.Equal((2, true), (h.Tokens.Length, h.Truncated)));
        Assert.NotEmpty(found[0]);
    }

    private static IReadOnlyList<Hypothesis> Sample(
        HistoryDecoder decoder, SamplingOptions sampling, int maxLength, float lengthPenalty = 1, IConstraint? constraint = null) =>
        SearchRows.DecodeAll(decoder, [New(sampling, maxLength, constraint, lengthPenalty)], 1)[0];

    private static SamplingSearch New(SamplingOptions sampling, int maxLength, IConstraint? constraint, float lengthPenalty = 1)
    {
        var options = new DecodingOptions { MaxLength = maxLength, LengthPenalty = lengthPenalty, Constraint = constraint };
        return new(new TextSource(Source), HistoryDecoder.Rules, options, sampling);
    }

    /// <summary>Every output with the probability that drawing token by token gives it, from the definition.</summary>
    private static IEnumerable<(int[] Tokens, double Probability)> Likelihoods(HistoryDecoder decoder, int[] history, int left, double temperature)
    {
        if (left == 0 || history[^1] == HistoryDecoder.End)
            return [(history[1..], 1)];
        int[] allowed =
        [
            .. Enumerable.Range(0, Vocabulary)
                .Where(t => !HistoryDecoder.Rules.Banned.Contains(t) && (history.Length > 1 || t != HistoryDecoder.End)),
        ];
        float[] logits = decoder.Logits(Source, history);
        double sum = allowed.Sum(t => Math.Exp(logits[t] / temperature));
        return allowed.SelectMany(t => Likelihoods(decoder, [.. history, t], left - 1, temperature)
            .Select(rest => (rest.Tokens, rest.Probability * Math.Exp(logits[t] / temperature) / sum)));
    }

    private sealed record Nothing(int After) : IConstraint
    {
        public void Restrict(ReadOnlySpan<int> soFar, Span<float> logits)
        {
            if (soFar.Length >= After)
                logits.Fill(float.NegativeInfinity);
        }
    }
}
