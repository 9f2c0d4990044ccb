using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Kinds;

/// <summary>Answers of shipped models that are drawn.</summary>
public sealed class SamplingTests
{
    private static readonly SearchOptions Options = new() { Sampling = new() { Temperature = 0.9, TopP = 0.98, Seed = 11 }, Tokens = true };

    [Theory, InlineData("int8"), InlineData("fp32")]
    public async Task The_same_seed_gives_the_same_answer_alone_and_among_64(string precision)
    {
        var load = new LoadOptions { Precision = precision };
        string[] texts = [.. TestData.Multi30k("test_2016_flickr", "en").Take(64)];
        await using var translator = await Translator.LoadAsync(TestData.Model("multi30k-en-de"), new BatchingOptions(), load);

        var together = await translator.TranslateAsync(texts, Options, default);
        var other = await translator.TranslateAsync(texts, Options with { Sampling = Options.Sampling! with { Seed = 12 } }, default);

        for (int i = 0; i < texts.Length; i += 8)
        {
            var alone = (await translator.TranslateAsync([texts[i]], Options, default))[0];
            Assert.Equal(alone.Text, together[i].Text);
            Assert.Equal(alone.Score, together[i].Score, 1e-5);
        }

        Assert.InRange(together.Zip(other).Count(pair => pair.First.Text != pair.Second.Text), 48, 64);
    }

    [Fact]
    public async Task Sentences_of_one_text_draw_each_for_itself_and_several_answers_differ()
    {
        await using var translator = await Translator.LoadAsync(TestData.Model("multi30k-en-de"), new BatchingOptions());
        var options = Options with { Alternatives = 3, Sampling = new() { Temperature = 1.2, Seed = 4 } };
        string text = string.Join(' ', Enumerable.Repeat("Two men are playing guitars on a street.", 4));

        var found = (await translator.TranslateAsync([text], options, default))[0];
        string[] sentences = [.. found.Text.Split(". ").Select(sentence => sentence.TrimEnd('.'))];

        Assert.True(sentences.Distinct().Count() > 2, found.Text);
        Assert.Equal(3, found.Alternatives.Count);
        Assert.All(found.Alternatives, alternative => Assert.True(alternative.Score <= found.Score));
    }

    [Fact]
    public async Task Pieces_of_a_drawn_translation_are_the_translation()
    {
        await using var translator = await Translator.LoadAsync(TestData.Model("multi30k-en-de"), new BatchingOptions());
        var pieces = new List<string>();

        var found = await translator.TranslateAsync("A man plays the guitar on a street.", Options, pieces.Add, default);

        Assert.Equal(found.Text, string.Concat(pieces));
        Assert.InRange(pieces.Count, 4, 30);
    }

    [Fact]
    public async Task A_caption_is_drawn_as_well_and_of_the_likeliest_token_alone_it_is_greedy()
    {
        string folder = TestData.Model("flickr8k-en");
        await using var captioner = await Captioner.LoadAsync(folder, new BatchingOptions());
        byte[] photo = await File.ReadAllBytesAsync(TestData.InRepository("samples", "photos", "dog.jpg"));

        string greedy = await CaptionAsync(new() { BeamSize = 1 });
        string likeliest = await CaptionAsync(new() { Sampling = new() { TopK = 1, Seed = 5 } });
        string[] drawn = [await CaptionAsync(Hot(1)), await CaptionAsync(Hot(2)), await CaptionAsync(Hot(1))];

        Assert.Equal(greedy, likeliest);
        Assert.Equal(drawn[0], drawn[2]);
        Assert.NotEqual(drawn[0], drawn[1]);

        SearchOptions Hot(ulong seed) => new() { Sampling = new() { Temperature = 1.5, Seed = seed } };
        async Task<string> CaptionAsync(SearchOptions options) => (await captioner.CaptionAsync([photo], options, default))[0].Text;
    }
}
