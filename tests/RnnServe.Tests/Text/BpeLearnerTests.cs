using System.Diagnostics;
using System.Text.Json;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

public class BpeLearnerTests
{
    private static readonly string[] Corpus =
    [
        "low low low low low lower lower newest newest newest newest newest newest widest widest widest",
        "aaaa aaaaa abab ababab bababa abcabc bcabca cabcab, (aaa) ... aaa!",
        "Zwei junge weiße Männer sind im Freien in der Nähe vieler Büsche.",
        "Mehrere Männer mit Schutzhelmen bedienen ein Antriebsradsystem. 🎉 日本語 🎉🎉",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Merges_are_those_of_a_learner_that_counts_everything_anew_after_each_merge(int minimumPairCount)
    {
        var learnt = Merges(BpeLearner.Learn(Corpus, new TokenizerTraining(450, MinimumPairCount: minimumPairCount)));

        Assert.Equal(NaiveBpe.Merges(Corpus, merges: learnt.Count, minimumPairCount), learnt);
        Assert.InRange(learnt.Count, 30, 450);
    }

    [Fact]
    public void Merges_of_random_words_are_those_of_the_naive_learner()
    {
        var random = new Random(7);
        for (var round = 0; round < 20; round++)
        {
            var text = string.Concat(Enumerable.Range(0, 600).Select(_ => "ab c"[random.Next(4)]));
            var learnt = Merges(BpeLearner.Learn([text], new TokenizerTraining(330)));
            Assert.Equal(NaiveBpe.Merges([text], learnt.Count, minimumPairCount: 2), learnt);
        }
    }

    [Fact]
    public void The_vocabulary_begins_with_special_byte_and_character_tokens()
    {
        var tokenizer = BpeLearner.Learn(["ba ab"], new TokenizerTraining(264));

        string[] expected = ["<pad>", "<unk>", "<s>", "</s>", "<0x00>", "<0xFF>", "a", "b", "▁", "▁a"];
        int[] ids = [0, 1, 2, 3, 4, 259, 260, 261, 262];
        Assert.Equal(expected[..9], ids.Select(tokenizer.TokenText));
        Assert.Equal(ids, expected[..9].Select(token => tokenizer.IdOf(token)!.Value));
        Assert.Equal(263, tokenizer.VocabularySize);        // no pair occurs twice
    }

    [Fact]
    public void Rare_characters_are_spelt_in_bytes()
    {
        var tokenizer = BpeLearner.Learn(["aaab ß"], new TokenizerTraining(300, MinimumCharacterCount: 2));

        Assert.Equal(["▁", "<0xC3>", "<0x9F>"], tokenizer.Encode("ß").Select(tokenizer.TokenText));
        Assert.Null(tokenizer.IdOf("b"));
    }

    [Fact]
    public void Only_the_most_frequent_characters_are_kept()
    {
        var tokenizer = BpeLearner.Learn(["cccc bbb aa"], new TokenizerTraining(300, MaximumCharacters: 3));

        Assert.NotNull(tokenizer.IdOf("b"));
        Assert.Null(tokenizer.IdOf("a"));
    }

    [Fact]
    public void A_vocabulary_too_small_for_the_characters_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BpeLearner.Learn(["abc"], new TokenizerTraining(263)));

    [Fact]
    public void Six_thousand_tokens_of_Multi30k_are_learnt_in_seconds_and_the_same_each_time()
    {
        IReadOnlyList<string> texts = [.. TestData.Multi30k("train", "en"), .. TestData.Multi30k("train", "de")];
        var watch = Stopwatch.StartNew();
        var tokenizer = BpeLearner.Learn(texts, new TokenizerTraining(6000));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
        Assert.Equal(6000, tokenizer.VocabularySize);
        Assert.Equal(LearntTokenizer.Multi30k.ToJson(), tokenizer.ToJson());
    }

    private static List<string> Merges(Tokenizer tokenizer)
    {
        using var json = JsonDocument.Parse(tokenizer.ToJson());
        return [.. json.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!)];
    }
}
