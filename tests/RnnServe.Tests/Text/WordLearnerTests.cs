using System.Text;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

public sealed class WordLearnerTests
{
    private static readonly string[] Captions =
        ["a dog runs", "A dog sleeps on  a red\tsofa", "the dog barks at the cat", "the zebra sleeps", "über the Straße", "Über die straße <unk> <unk> </s> </s>"];

    private static readonly Tokenizer Small = WordLearner.Learn(Captions, minimumCount: 2);

    [Fact]
    public void Words_come_by_count_then_by_code_points_after_the_special_tokens() => Assert.Equal(
        ["<pad>", "<unk>", "<s>", "</s>", "the", "a", "dog", "sleeps", "straße", "über"],
        Enumerable.Range(0, Small.VocabularySize).Select(Small.TokenText));

    [Theory]
    [InlineData("the DOG sleeps", "the dog sleeps")]
    [InlineData("  ÜBER\n the  STRAßE\u00a0", "über the straße")]
    [InlineData("a purple dog", "a dog")]
    [InlineData("", "")]
    [InlineData(" \t ", "")]
    public void Known_words_come_back_in_lower_case_one_space_apart(string text, string expected) =>
        Assert.Equal(expected, Small.Decode(Small.Encode(text)));

    [Theory]
    [InlineData("purple", 1)]
    [InlineData("dog.", 1)]
    [InlineData("</s> <pad> <s>", 3)]
    public void Other_words_and_typed_control_tokens_are_unknown(string text, int words) =>
        Assert.Equal(Enumerable.Repeat(1, words), Small.Encode(text));

    [Fact]
    public void A_saved_tokenizer_is_loaded_again()
    {
        var again = Tokenizer.Parse(Small.ToJson());

        Assert.Equal(Small.ToJson(), again.ToJson());
        Assert.Equal(Small.Encode("the dog sleeps on a zebra"), again.Encode("the dog sleeps on a zebra"));
    }

    [Fact]
    public void A_model_without_a_token_for_unknown_words_drops_them()
    {
        var json = Encoding.UTF8.GetString(Small.ToJson()).Replace("\"unk_token\": \"<unk>\"", "\"unk_token\": null", StringComparison.Ordinal);

        Assert.Equal(Small.Encode("a dog"), Tokenizer.Parse(Encoding.UTF8.GetBytes(json)).Encode("a purple dog"));
    }

    [Fact]
    public void The_order_of_the_texts_does_not_matter() =>
        Assert.Equal(Small.ToJson(), WordLearner.Learn(Captions.Reverse(), minimumCount: 2).ToJson());

    [Fact]
    public void A_count_below_1_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => WordLearner.Learn(Captions, 0));

    [Fact]
    public void Captions_of_photos_have_the_same_tokens_as_at_Hugging_Face()
    {
        var captions = TestData.ReadLines(TestData.InShared("data", "flickr8k", "captions.tsv")).Select(line => line.Split('\t')[1]).ToList();

        HuggingFace.AssertSame(WordLearner.Learn(captions.Take(30_000), minimumCount: 4), captions[30_000..]);
    }
}
