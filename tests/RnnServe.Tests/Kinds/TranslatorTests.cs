using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Kinds;

public sealed class TranslatorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task White_space_between_and_around_sentences_is_kept()
    {
        await using var translator = Create();
        const string first = "A bad cab.";
        const string second = "Can a cat dance?";
        string[] alone = [await Text(translator, first), await Text(translator, second)];

        string found = await Text(translator, $"  {first}  {second}\n\n{first}\n");

        Assert.Equal($"  {alone[0]}  {alone[1]}\n\n{alone[0]}\n", found);
    }

    [Fact]
    public async Task Sentences_without_a_letter_are_copied_beside_others()
    {
        await using var translator = Create();
        string alone = await Text(translator, "A bad cab.");

        Assert.Equal($"- \n{alone} (2)! 17\n***\n{alone}\t…", await Text(translator, "- \nA bad cab. (2)! 17\n***\nA bad cab.\t…"));
    }

    [Fact]
    public async Task Attention_names_the_callers_characters_and_weighs_those_of_the_plain_form()
    {
        await using var translator = Create();
        var options = new SearchOptions { Attention = true };
        var plain = (await translator.TranslateAsync(["a bad cab"], options, default))[0];

        var found = (await translator.TranslateAsync(["\ufeffa\t\u00a0b\u00adad ｃab"], options, default))[0];

        Assert.Equal(plain.Text, found.Text);
        Assert.Equal(plain.Attention!.Weights, found.Attention!.Weights);
        Assert.Equal("ab\u00adadｃab</s>", Joined(found));
        Assert.Equal("abadcab</s>", Joined(plain));

        static string Joined(Translation of) => string.Concat(of.Attention!.Source).Replace("\u2581", "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""), InlineData(" \n\t "), InlineData("- 12:30 …"), InlineData("\u200b")]
    public async Task A_text_without_a_sentence_is_returned_as_it_is(string text)
    {
        await using var translator = Create();

        var found = (await translator.TranslateAsync([text], new SearchOptions { Tokens = true, Attention = true }, default))[0];

        Assert.Equal((text, 0, 0, false), (found.Text, found.SourceTokens, found.TargetTokens, found.Truncated));
        Assert.Empty(found.Tokens!);
        Assert.Empty(found.Attention!.Weights);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Many_texts_at_once_get_the_answers_that_they_get_alone(bool attention)
    {
        await using var translator = Create(new TinyBundleOptions { Attention = attention }, new BatchingOptions { Workers = 2, MaxRows = 18 });
        var random = new Random(3);
        string[] texts = [.. Enumerable.Range(0, 40).Select(_ => string.Concat(Enumerable.Range(0, 5 + random.Next(25)).Select(_ => "abcdefgh ij. "[random.Next(13)])).Trim())];
        var options = new SearchOptions { Tokens = true, Alternatives = 2 };

        var together = await translator.TranslateAsync(texts, options, default);

        for (int i = 0; i < texts.Length; i++)
        {
            var alone = (await translator.TranslateAsync([texts[i]], options, default))[0];
            Assert.Equal(alone.Text, together[i].Text);
            Assert.Equal(alone.Score, together[i].Score);
            Assert.Equal(alone.Tokens, together[i].Tokens);
            Assert.Equal(alone.Alternatives, together[i].Alternatives);
        }
    }

    [Fact]
    public async Task Tokens_confidence_and_counts_agree_with_each_other()
    {
        await using var translator = Create();

        var found = (await translator.TranslateAsync(["A cab. A dab!"], new SearchOptions { Tokens = true }, default))[0];

        Assert.Equal(found.TargetTokens, found.Tokens!.Count);
        Assert.Equal(Math.Exp(found.Tokens.Average(t => t.LogProb)), found.Confidence, tolerance: 1e-6);
        Assert.True(found.Score < 0);
        Assert.Null(found.Attention);
        Assert.True(found.Timing is { EncodeMs: > 0, DecodeMs: > 0, TotalMs: > 0 });
    }

    [Fact]
    public async Task Attention_of_several_sentences_is_block_diagonal_and_its_rows_sum_to_one()
    {
        await using var translator = Create();
        var options = new SearchOptions { Attention = true };
        string[] sentences = ["A cab.", "A bad dad!"];
        var alone = (await translator.TranslateAsync(sentences, options, default)).Select(t => t.Attention!).ToList();

        var found = (await translator.TranslateAsync([string.Join(' ', sentences)], options, default))[0].Attention!;

        Assert.Equal(alone.SelectMany(a => a.Source), found.Source);
        Assert.Equal(alone.SelectMany(a => a.Target), found.Target);
        Assert.Equal(found.Target.Count, found.Weights.Count);
        Assert.All(found.Weights, row => Assert.Equal(1, row.Sum(), tolerance: 1e-5));
        int columns = alone[0].Source.Count;
        int rows = alone[0].Target.Count;
        Assert.Equal(alone[0].Weights[0], found.Weights[0].Take(columns));
        Assert.Equal(alone[1].Weights[0], found.Weights[rows].Skip(columns));
        Assert.All(found.Weights[rows].Take(columns), weight => Assert.Equal(0, weight));
    }

    [Theory]
    [InlineData("A bad cab fed a dad."), InlineData("A bad cab. Cab fed a dad!")]
    public async Task Alternatives_are_sorted_and_no_text_comes_twice(string text)
    {
        await using var translator = Create();
        var options = new SearchOptions { BeamSize = 8, Alternatives = 7 };

        var found = (await translator.TranslateAsync([text], options, default))[0];

        double[] scores = [found.Score, .. found.Alternatives.Select(a => a.Score)];
        string[] texts = [found.Text, .. found.Alternatives.Select(a => a.Text)];
        Assert.True(texts.Length > 1);
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.Equal(await Text(translator, text, options with { Alternatives = 0 }), found.Text);
    }

    [Fact]
    public async Task A_sentence_beyond_the_models_limit_is_translated_in_pieces_that_lose_nothing()
    {
        await using var translator = Create(new TinyBundleOptions { Decoding = new DecodingManifest { Limits = new DecodingLimits { SourceLength = 8 } } });
        var whole = Create(new TinyBundleOptions { Version = 2 });
        await using var _ = whole;
        const string text = "a cab fed a bad dad abcdefghijklmnop";
        var options = new SearchOptions { Attention = true };

        var found = (await translator.TranslateAsync([text], options, default))[0];
        var reference = (await whole.TranslateAsync([text], options, default))[0];

        Assert.Equal(
            reference.Attention!.Source.Where(token => token != "</s>"),
            found.Attention!.Source.Where(token => token != "</s>"));
        int[] ends = [.. found.Attention.Source.Index().Where(t => t.Item == "</s>").Select(t => t.Index)];
        Assert.True(ends.Length > 1);
        Assert.All(ends.Zip(ends.Prepend(-1)), pair => Assert.True(pair.First - pair.Second <= 8));
        Assert.Equal("\u2581", found.Attention.Source[ends[0] + 1]);
    }

    [Fact]
    public async Task A_sentence_that_reaches_the_maximal_length_says_that_it_is_truncated()
    {
        await using var translator = Create();

        var found = (await translator.TranslateAsync(["abcdefg"], new SearchOptions { MaxLength = 1, BeamSize = 1, Tokens = true }, default))[0];

        Assert.Equal(found.Tokens![0].Text != "</s>", found.Truncated);
        Assert.Single(found.Tokens);
    }

    public static TheoryData<SearchOptions, string> OptionsOutOfRange => new()
    {
        { new SearchOptions { BeamSize = 0 }, "beamSize" },
        { new SearchOptions { BeamSize = 17 }, "beamSize" },
        { new SearchOptions { BeamSize = 2, Alternatives = 2 }, "alternatives" },
        { new SearchOptions { Alternatives = -1 }, "alternatives" },
        { new SearchOptions { LengthPenalty = -0.1f }, "lengthPenalty" },
        { new SearchOptions { LengthPenalty = float.NaN }, "lengthPenalty" },
        { new SearchOptions { CoveragePenalty = 2.1f }, "coveragePenalty" },
        { new SearchOptions { CoveragePenalty = 1f }, "coveragePenalty" },
        { new SearchOptions { MaxLength = 0 }, "maxLength" },
        { new SearchOptions { MaxLength = 513 }, "maxLength" },
        { new SearchOptions { Attention = true }, "include" },
    };

    [Theory, MemberData(nameof(OptionsOutOfRange))]
    public async Task An_option_out_of_range_is_refused_by_name(SearchOptions options, string name)
    {
        await using var translator = Create(new TinyBundleOptions { Attention = false });

        var error = await Assert.ThrowsAnyAsync<ArgumentException>(() => translator.TranslateAsync(["a"], options, default));

        Assert.Equal(name, error.ParamName);
    }

    [Fact]
    public async Task Calls_that_are_cancelled_in_the_middle_change_nothing_for_the_others()
    {
        await using var translator = Create(batching: new BatchingOptions { Workers = 2, MaxRows = 20 });
        string[] texts = [.. Enumerable.Range(0, 120).Select(i => $"{"abcdefgh"[i % 8]} bad cab {"ijklmnop"[i / 8 % 8]}{new string('d', i % 11)}")];
        string[] alone = new string[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            alone[i] = await Text(translator, texts[i], Options(i));

        var calls = texts.Select(async (text, i) =>
        {
            using var cancellation = new CancellationTokenSource();
            if (i % 3 == 0)
                cancellation.CancelAfter(TimeSpan.FromMilliseconds(i % 20));
            return (await translator.TranslateAsync([text], Options(i), cancellation.Token))[0].Text;
        }).ToList();

        for (int i = 0; i < texts.Length; i++)
        {
            try
            {
                Assert.Equal(alone[i], await calls[i]);
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(0, i % 3);
            }
        }

        static SearchOptions Options(int i) => new() { BeamSize = 1 + (i % 5) };
    }

    [Fact]
    public async Task Cancelled_calls_and_calls_after_closing_are_refused()
    {
        var translator = Create();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => translator.TranslateAsync(["a"], new SearchOptions(), cancelled.Token));

        await translator.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => translator.TranslateAsync(["a"], new SearchOptions(), default));
    }

    private Translator Create(TinyBundleOptions? options = null, BatchingOptions? batching = null)
    {
        string bundle = TinyBundle.Create(folder.Path, "tiny", options);
        return Translator.LoadAsync(bundle, batching ?? new BatchingOptions { Workers = 1 }).GetAwaiter().GetResult();
    }

    private static async Task<string> Text(Translator translator, string text, SearchOptions? options = null) =>
        (await translator.TranslateAsync([text], options ?? new SearchOptions(), default))[0].Text;
}
