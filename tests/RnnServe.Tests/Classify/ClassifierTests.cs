using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Inference.Scheduling;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Classify;

public sealed class ClassifierTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_text_gets_the_same_bits_alone_and_among_others()
    {
        string bundle = TinyClassifyBundle.Create(folder.Path, "tiny");
        await using var classifier = await Classifier.LoadAsync(bundle, new BatchingOptions { Workers = 1 });
        var random = new Random(3);
        string[] texts = [.. Enumerable.Range(0, 60).Select(i => Text(random, 1 + (i * 2)))];

        await SameAsync(classifier, texts);
    }

    [Fact]
    public async Task Logits_that_are_no_numbers_fail_their_own_text_only()
    {
        var batch = new OneShotBatch<ClassifyJob>(() => new NoNumbersForThrees(), TimeProvider.System);
        ClassifyJob[] jobs = [new([3]), new([4]), new([3]), new([5])];
        foreach (var job in jobs)
            batch.Add(job);

        batch.Step();

        double[] probabilities = (await jobs[1].Result).Probabilities;
        Assert.Equal([0.5, 0.5], probabilities);
        Assert.True(jobs[3].Result.IsCompletedSuccessfully);
        await Assert.ThrowsAsync<NotFiniteNumberException>(() => jobs[0].Result);
        await Assert.ThrowsAsync<NotFiniteNumberException>(() => jobs[2].Result);
    }

    [Fact]
    public async Task Probabilities_sum_to_one_and_the_label_has_the_greatest()
    {
        await using var classifier = await LoadAsync();

        var found = await classifier.ClassifyAsync(["a bad cab.", "zz", "Can a cat dance?"], attention: true, default);

        Assert.All(found, one =>
        {
            Assert.Equal(1, one.Probabilities.Sum(), 1e-12);
            Assert.Equal(one.Label, TinyClassifyBundle.Labels[one.Probabilities.ToList().IndexOf(one.Probability)]);
            Assert.Equal(1, one.Attention!.Weights.Sum(), 1e-6);
            Assert.Equal(one.SourceTokens, one.Attention.Tokens.Count);
            Assert.False(one.Truncated);
        });
        Assert.Equal(3, found.Select(one => one.Probability).Distinct().Count());
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_cut_and_says_so()
    {
        await using var classifier = await LoadAsync(maxLength: 4);

        var found = await classifier.ClassifyAsync(["abc", "abcd"], attention: true, default);

        Assert.Equal([false, true], found.Select(one => one.Truncated));
        Assert.Equal([4, 4], found.Select(one => one.SourceTokens));
        Assert.Equal(found[0].Probabilities, found[1].Probabilities);
        Assert.Equal(4, found[1].Attention!.Weights.Count);
    }

    [Fact]
    public async Task Attention_has_the_words_of_the_text_where_tokens_have_others()
    {
        string bundle = TestData.InRepository("models", "sst2-en", "1");
        await using var classifier = await Classifier.LoadAsync(bundle, new BatchingOptions { Workers = 1 });

        var found = (await classifier.ClassifyAsync(["I didn't like Zzyzxqua, (Qwertzuiop) though!"], attention: true, default))[0];

        Assert.Equal(["I", "did", "n't", "like", "Zzyzxqua", ",", "(", "Qwertzuiop", ")", "though", "!"], found.Attention!.Tokens);
    }

    [Fact]
    public async Task Without_attention_there_is_none_to_ask_for()
    {
        await using var classifier = await LoadAsync(attention: false);

        Assert.Null((await classifier.ClassifyAsync(["abc"], attention: true, default))[0].Attention);
    }

    [Fact]
    public async Task A_text_without_a_token_is_refused_with_its_place()
    {
        await using var classifier = await LoadAsync();

        var error = await Assert.ThrowsAsync<NoTokenException>(() => classifier.ClassifyAsync(["abc", "\u200b"], attention: false, default));

        Assert.Equal(1, error.Index);
    }

    [Theory]
    [InlineData("label"), InlineData("score")]
    public async Task A_canary_with_another_answer_is_refused(string part)
    {
        string bundle = TinyClassifyBundle.Create(folder.Path, "tiny");
        TinyBundle.Edit(bundle, manifest =>
        {
            var answer = manifest.Canary!.Answers!.Full!;
            answer = part == "label" ? answer with { Text = "grey" } : answer with { Score = answer.Score - 0.01 };
            return manifest with { Canary = manifest.Canary with { Answers = new() { Full = answer } } };
        });

        var error = await Assert.ThrowsAsync<ModelBundleException>(() => Classifier.LoadAsync(bundle, new BatchingOptions { Workers = 1 }));

        Assert.Contains("canary", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("positive", "A wonderful film.")]
    [InlineData("positive", "It starts slowly, but the end is worth every minute.")]
    [InlineData("negative", "The plot is a mess and the jokes are not funny.")]
    public async Task The_shipped_model_knows_what_people_like(string label, string text)
    {
        foreach (string precision in PrecisionSet.Names)
        {
            await using var classifier = await Classifier.LoadAsync(
                TestData.InRepository("models", "sst2-en", "1"), new BatchingOptions { Workers = 1 }, new() { Precision = precision });

            Assert.Equal(precision, classifier.Precision);
            Assert.Equal(label, (await classifier.ClassifyAsync([text], attention: false, default))[0].Label);
        }
    }

    [Theory]
    [InlineData("fp32"), InlineData("int8")]
    public async Task The_shipped_model_gives_a_text_the_same_bits_alone_and_among_others(string precision)
    {
        await using var classifier = await Classifier.LoadAsync(
            TestData.InRepository("models", "sst2-en", "1"), new BatchingOptions(), new() { Precision = precision });
        string[] words = ["a", "wonderful", "film", "dull", "Zzyzx", "not", "the", "plot", ",", "funny"];
        var random = new Random(1);

        await SameAsync(classifier, [.. Enumerable.Range(0, 150).Select(i => string.Join(' ', random.GetItems(words, 1 + (i % 70))))]);
    }

    private static async Task SameAsync(Classifier classifier, string[] texts)
    {
        var together = await classifier.ClassifyAsync(texts, attention: true, default);
        for (int i = 0; i < texts.Length; i++)
        {
            var alone = (await classifier.ClassifyAsync([texts[i]], attention: true, default))[0];
            Assert.Equal(alone.Probabilities, together[i].Probabilities);
            Assert.Equal(alone.Attention!.Weights, together[i].Attention!.Weights);
        }
    }

    private async Task<Classifier> LoadAsync(bool attention = true, int maxLength = 512) => await Classifier.LoadAsync(
        TinyClassifyBundle.Create(folder.Path, "tiny", attention, maxLength), new BatchingOptions { Workers = 1 });

    private static string Text(Random random, int length) => string.Concat(random.GetItems("abcdefgh ij. ".AsSpan(), length)) + "a";

    private sealed class NoNumbersForThrees : IRunner<ClassifyJob>
    {
        public void Run(IReadOnlyList<ClassifyJob> jobs)
        {
            foreach (var job in jobs)
                job.Take(job.Tokens[0] == 3 ? [float.NaN, 1] : [2, 2], []);
        }

        public void Dispose()
        {
        }
    }
}
