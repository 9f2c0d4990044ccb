using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Tests.Text;

public class HuggingFaceTests
{
    public static TheoryData<string> Kinds => [.. TokenizerKinds.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nasty_strings_have_the_same_tokens(string kind)
    {
        List<string> texts = [.. NastyStrings.All, .. NastyStrings.Random(seed: 5, count: 2000)];
        var tokenizer = TokenizerKinds.Create(kind, texts);

        HuggingFace.AssertSame(tokenizer, [.. texts.Where(text => IsSpelt(kind, text)), .. NastyStrings.Random(seed: 8, count: 500)]);
    }

    /// <summary>Every 50th line; in the long tests all of them.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Category", "Long")]
    public void Multi30k_has_the_same_tokens(string kind)
    {
        int step = Skip.LongTestsAreWanted ? 1 : 50;
        List<string> texts =
        [
            .. TestData.Multi30k("train", "en"), .. TestData.Multi30k("train", "de"), .. TestData.Multi30k("val", "en"), .. TestData.Multi30k("val", "de"),
        ];

        HuggingFace.AssertSame(TokenizerKinds.Create(kind, [.. texts.Where((_, i) => i % 40 == 0)]), [.. texts.Where((_, i) => i % step == 0)]);
    }

    [Fact]
    public void Other_languages_have_the_same_tokens() => HuggingFace.AssertSame(
        LearntTokenizer.Multi30k, [.. ((string[])["fr", "cs"]).SelectMany(language => TestData.Multi30k("val", language))]);

    [Fact]
    public void Every_assigned_code_point_is_brought_to_form_C_as_in_JavaScript()
    {
        List<string> texts = [.. NastyStrings.All, .. NastyStrings.Random(seed: 6, count: 20_000)];
        for (var point = 0; point <= 0x10FFFF; point++)
        {
            if (point is < 0xD800 or > 0xDFFF)
                texts.Add(char.ConvertFromUtf32(point) + "\u0323a\u0301" + char.ConvertFromUtf32(point) + "\u0334");
        }

        var expected = HuggingFace.Normalize(texts);
        Assert.True(expected.Count(text => text is not null) > 250_000);
        for (var i = 0; i < texts.Count; i++)
        {
            if (expected[i] is { } text)
                Assert.Equal(text, CanonicalComposition.Normalize(texts[i]));
        }
    }

    // Theirs finds byte tokens in plain text where tokens are looked up whole; ours never does.
    private static bool IsSpelt(string kind, string text) => kind != "Unigram, bytes" || !text.Contains("<0x", StringComparison.Ordinal);
}
