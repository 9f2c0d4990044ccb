using RnnServe.Inference.Search;
using RnnServe.Tests.Fakes;

namespace RnnServe.Tests.Search;

public class BeamSearchTests
{
    public static TheoryData<int, float, float> SeedsAndPenalties
    {
        get
        {
            var data = new TheoryData<int, float, float>();
            for (int seed = 1; seed <= 6; seed++)
                data.Add(seed, new[] { 0f, 0.6f, 1f, 2f }[seed % 4], new[] { 0f, 0.4f }[seed % 2]);
            return data;
        }
    }

    [Theory, MemberData(nameof(SeedsAndPenalties))]
    public void A_beam_as_wide_as_the_search_space_finds_the_best_outputs(int seed, float alpha, float beta)
    {
        var decoder = new HistoryDecoder(vocabularySize: 5, seed);
        int[] source = [3, 4, 7];
        var options = new DecodingOptions { BeamSize = 64, Best = 10, LengthPenalty = alpha, CoveragePenalty = beta, MaxLength = 6 };

        var found = Search(decoder, source, options);

        var best = decoder.Outputs(source, options.MaxLength)
            .Select(o => (o.Tokens, Score: PlainBeamSearch.Score(decoder, source, o.Tokens, o.LogProb, options)))
            .OrderByDescending(o => o.Score)
            .Take(10)
            .ToList();
        Assert.Equal(best.Select(o => o.Tokens), found.Select(h => h.Tokens));
        Assert.All(best.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, tolerance: 1e-4));
    }

    [Fact]
    public void A_narrow_beam_keeps_what_a_plainly_written_beam_search_keeps()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var decoder = new HistoryDecoder(vocabularySize: 4 + (seed % 20), seed);
            int[] source = [.. Enumerable.Range(3, 1 + (seed % 7))];
            int beam = 1 + (seed % 6);
            var options = new DecodingOptions
            {
                BeamSize = beam,
                Best = 1 + (seed % beam),
                LengthPenalty = seed % 5 * 0.5f,
                CoveragePenalty = seed % 3 * 0.3f,
                MaxLength = 1 + (seed % 13),
            };

            var expected = PlainBeamSearch.Run(decoder, source, options);
            var found = Search(decoder, source, options);

            Assert.Equal(expected.Select(o => o.Tokens), found.Select(h => h.Tokens));
            Assert.Equal(expected.Select(o => o.Truncated), found.Select(h => h.Truncated));
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, tolerance: 1e-4));
        }
    }

    [Fact]
    public void Width_one_takes_the_best_token_at_each_step()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var decoder = new HistoryDecoder(vocabularySize: 9, seed);
            int[] source = [5, seed];
            List<int> greedy = [];
            while (greedy.Count < 20 && (greedy.Count == 0 || greedy[^1] != HistoryDecoder.End))
            {
                float[] logits = decoder.Logits(source, [HistoryDecoder.StartToken, .. greedy]);
                int least = greedy.Count == 0 ? HistoryDecoder.End + 1 : HistoryDecoder.End;
                greedy.Add(Enumerable.Range(least, 9 - least).MaxBy(token => logits[token]));
            }

            var found = Search(decoder, source, new DecodingOptions { BeamSize = 1, MaxLength = 20, LengthPenalty = 2f });

            Assert.Equal(greedy, Assert.Single(found).Tokens);
        }
    }

    [Fact]
    public void Bad_hypotheses_that_finish_early_do_not_end_the_search_for_the_good_one()
    {
        // Each step the model is all but sure of token 3, and the end is the second best by far: "3 3 3 3 end" is the answer.
        var search = new BeamSearch(new TextSource([4]), HistoryDecoder.Rules, new DecodingOptions { BeamSize = 2, MaxLength = 10 });
        int step = 0;
        while (!search.Done)
        {
            float[] logits = [-90, -90, -6, 4, -20, -20];
            if (step++ == 4)
                (logits[2], logits[3]) = (logits[3], logits[2]);
            search.Advance([.. Enumerable.Repeat(logits, search.Live).SelectMany(l => l)], 6, [], 1);
        }

        Assert.Equal([3, 3, 3, 3, HistoryDecoder.End], search.Results()[0].Tokens);
    }

    [Fact]
    public void The_n_best_are_sorted_distinct_and_begin_with_the_best()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var decoder = new HistoryDecoder(vocabularySize: 8, seed);
            var options = new DecodingOptions { BeamSize = 8, Best = 8, MaxLength = 15 };

            var found = Search(decoder, [4], options);
            var alone = Search(decoder, [4], options with { Best = 1 });

            Assert.Equal(found.OrderByDescending(h => h.Score), found);
            Assert.Equal(found.Count, found.Select(h => string.Join(' ', h.Tokens)).Distinct().Count());
            Assert.Equal(found[0].Tokens, Assert.Single(alone).Tokens);
        }
    }

    [Fact]
    public void Start_and_padding_are_never_produced()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var found = Search(new HistoryDecoder(vocabularySize: 5, seed), [4], new DecodingOptions { BeamSize = 4, Best = 4, MaxLength = 10 });
            Assert.All(found, h => Assert.DoesNotContain(h.Tokens, HistoryDecoder.Rules.Banned.Contains));
        }
    }

    [Fact]
    public void No_output_is_empty_and_what_is_cut_says_so()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            int beam = 1 + (seed % 16);
            var options = new DecodingOptions { BeamSize = beam, Best = beam, MaxLength = 1 + (seed % 4), LengthPenalty = seed % 3 };
            var found = Search(new HistoryDecoder(vocabularySize: 6 + (seed % 30), seed), [4, seed], options);

            Assert.All(found, h => Assert.NotEqual([HistoryDecoder.End], h.Tokens));
            Assert.All(found, h => Assert.Equal(h.Tokens[^1] != HistoryDecoder.End, h.Truncated));
        }
    }

    [Fact]
    public void At_the_limit_a_good_hypothesis_that_is_cut_beats_a_bad_one_that_ended()
    {
        var search = new BeamSearch(
            new TextSource([4]), HistoryDecoder.Rules, new DecodingOptions { BeamSize = 2, Best = 2, MaxLength = 3, LengthPenalty = 0 });
        while (!search.Done)
            search.Advance([.. Enumerable.Repeat((float[])[-90, -90, 0, 4, -20, -20], search.Live).SelectMany(l => l)], 6, [], 1);

        var (best, second) = (search.Results()[0], search.Results()[1]);
        Assert.Equal([3, 3, 3], best.Tokens);
        Assert.True(best.Truncated);
        Assert.Equal([3, HistoryDecoder.End], second.Tokens);
        Assert.False(second.Truncated);
    }

    [Fact]
    public void An_end_that_alone_is_possible_is_taken()
    {
        var search = new BeamSearch(new TextSource([4]), HistoryDecoder.Rules, new DecodingOptions { BeamSize = 3, MaxLength = 5 });
        const float never = float.NegativeInfinity;

        search.Advance([never, never, 1, never], 4, [], 1);

        Assert.Equal([HistoryDecoder.End], Assert.Single(search.Results()).Tokens);
    }

    [Fact]
    public void A_sentence_that_does_not_end_is_cut_at_the_maximal_length_and_says_so()
    {
        var decoder = new HistoryDecoder(vocabularySize: 30, seed: 3);
        var found = Search(decoder, [4, 5], new DecodingOptions { BeamSize = 1, MaxLength = 3 });

        var hypothesis = Assert.Single(found);
        Assert.True(hypothesis.Truncated);
        Assert.Equal(3, hypothesis.Tokens.Length);
        Assert.DoesNotContain(HistoryDecoder.End, hypothesis.Tokens);
    }

    [Fact]
    public void Token_probabilities_and_attention_are_those_of_the_tokens_that_were_chosen()
    {
        var decoder = new HistoryDecoder(vocabularySize: 8, seed: 11);
        int[] source = [4, 5, 6];
        var found = Search(decoder, source, new DecodingOptions { BeamSize = 4, Best = 4, MaxLength = 12, Attention = true });

        foreach (var hypothesis in found)
        {
            for (int t = 0; t < hypothesis.Tokens.Length; t++)
            {
                int[] history = [HistoryDecoder.StartToken, .. hypothesis.Tokens[..t]];
                Assert.Equal(decoder.LogProbs(source, history)[hypothesis.Tokens[t]], hypothesis.LogProbs[t], tolerance: 1e-5);
                Assert.Equal(decoder.Attention(source, history, source.Length), hypothesis.Attention![t]);
            }
        }
    }

    [Fact]
    public void A_sentence_gets_the_same_answer_alone_and_among_others_with_other_options()
    {
        var decoder = new HistoryDecoder(vocabularySize: 12, seed: 5);
        var all = Enumerable.Range(0, 64).Select(i => (Source: Enumerable.Range(3, 1 + (i % 9)).Append(i).ToArray(), Options: new DecodingOptions
        {
            BeamSize = 1 + (i % 7),
            Best = 1 + (i % 7),
            LengthPenalty = i % 3,
            CoveragePenalty = i % 2,
            MaxLength = 3 + (i % 20),
            Attention = i % 4 == 0,
        })).ToList();

        var together = SearchRows.DecodeAll(decoder, [.. all.Select(s => new BeamSearch(new TextSource(s.Source), HistoryDecoder.Rules, s.Options))], maxSentences: 10);

        for (int i = 0; i < all.Count; i++)
        {
            var alone = Search(decoder, all[i].Source, all[i].Options);
            Assert.Equal(alone.Select(h => h.Tokens), together[i].Select(h => h.Tokens));
            Assert.Equal(alone.Select(h => h.Score), together[i].Select(h => h.Score));
            Assert.Equal(alone[0].Attention, together[i][0].Attention);
        }
    }

    [Fact]
    public void Finished_sentences_leave_and_take_their_rows_with_them()
    {
        var decoder = new HistoryDecoder(vocabularySize: 20, seed: 2);
        var searches = new[] { 1, 3, 6 }.Select(length =>
            new BeamSearch(new TextSource([4, length]), HistoryDecoder.Rules, new DecodingOptions { BeamSize = 2, MaxLength = length, LengthPenalty = 2 })).ToList();

        SearchRows.DecodeAll(decoder, searches, maxSentences: 3);

        Assert.Equal(6, decoder.RowsPerStep[0]);
        Assert.True(decoder.RowsPerStep[1] <= 4);
        Assert.True(decoder.RowsPerStep[3..].All(rows => rows <= 2));
        Assert.Equal(0, decoder.Rows);
    }

    [Fact]
    public void A_beam_wider_than_the_vocabulary_is_no_problem()
    {
        var decoder = new HistoryDecoder(vocabularySize: 4, seed: 8);
        var found = Search(decoder, [4], new DecodingOptions { BeamSize = 16, Best = 16, MaxLength = 4 });

        var all = decoder.Outputs([4], 4).OrderByDescending(o => new LengthPenalty(1f).Normalize(o.LogProb, o.Tokens.Length)).Select(o => o.Tokens);
        Assert.Equal(all, found.Select(h => h.Tokens));
    }

    [Fact]
    public void Logits_that_are_no_numbers_fail_their_own_sentence_only()
    {
        var decoder = new HistoryDecoder(vocabularySize: 8, seed: 6) { IsSpoilt = source => source[0] == 13 };
        var options = new DecodingOptions { BeamSize = 2, MaxLength = 8 };
        BeamSearch[] sentences = [.. new[] { 4, 13, 5 }.Select(i => new BeamSearch(new TextSource([i]), HistoryDecoder.Rules, options))];
        var batch = new SearchRows(decoder);
        batch.Add(sentences);

        var left = new List<(ISearch Sentence, Exception? Error)>();
        while (batch.Sentences.Count > 0)
            left.AddRange(batch.Step());

        Assert.Equal([sentences[1]], left.Where(l => l.Error is NotFiniteNumberException).Select(l => l.Sentence));
        Assert.Equal(Search(decoder, [4], options)[0].Tokens, sentences[0].Results()[0].Tokens);
        Assert.Equal(Search(decoder, [5], options)[0].Tokens, sentences[2].Results()[0].Tokens);
    }

    private static IReadOnlyList<Hypothesis> Search(HistoryDecoder decoder, int[] source, DecodingOptions options) =>
        SearchRows.DecodeAll(decoder, [new BeamSearch(new TextSource(source), HistoryDecoder.Rules, options)], maxSentences: 1)[0];
}
