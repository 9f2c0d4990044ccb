using System.Text;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Tests.Text;

public class HuggingFaceTests
{
    [Fact]
    public void Validation_sentences_have_the_same_tokens() => HuggingFace.AssertSame(
        LearntTokenizer.Multi30k, [.. ((string[])["en", "de", "fr", "cs"]).SelectMany(language => TestData.Multi30k("val", language))]);

    [Fact]
    public void Nasty_strings_have_the_same_tokens() => HuggingFace.AssertSame(LearntTokenizer.Multi30k, NastyStrings.All);

    [Fact]
    public void Random_strings_have_the_same_tokens() =>
        HuggingFace.AssertSame(LearntTokenizer.Multi30k, [.. NastyStrings.Random(seed: 5, count: 3000)]);

    [Theory]
    [InlineData("always")]
    [InlineData("first")]
    [InlineData("never")]
    public void Each_way_of_putting_a_space_first_has_the_same_tokens(string scheme)
    {
        // Multi30k's usual recipe, as other tools write it: Metaspace does the spaces, characters unknown to it are lost.
        var json = JsonNode.Parse(SmallTokenizer().ToJson())!;
        json["normalizer"] = new JsonObject { ["type"] = "NFC" };
        json["pre_tokenizer"]!["pretokenizers"]![0]!["prepend_scheme"] = scheme;
        json["decoder"] = scheme == "never"
            ? JsonNode.Parse("""{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}""")
            : JsonNode.Parse($$"""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": true}""");
        json["model"]!["byte_fallback"] = false;
        var texts = NastyStrings.All.Where(text => !text.StartsWith("<0x", StringComparison.Ordinal)).ToList();

        HuggingFace.AssertSame(Tokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())), texts);
        json["model"]!["fuse_unk"] = true;
        HuggingFace.AssertSame(Tokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())), texts);
    }

    [Fact]
    public void Merges_written_as_arrays_are_the_same()
    {
        var json = JsonNode.Parse(SmallTokenizer().ToJson())!;
        var merges = json["model"]!["merges"]!.AsArray().Select(merge => merge!.GetValue<string>().Split(' '));
        json["model"]!["merges"] = new JsonArray([.. merges.Select(pair => (JsonNode)new JsonArray(pair[0], pair[1]))]);
        var tokenizer = Tokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));

        HuggingFace.AssertSame(tokenizer, NastyStrings.All);
        Assert.Equal(SmallTokenizer().Encode("Ein Mann läuft."), tokenizer.Encode("Ein Mann läuft."));
    }

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

    private static Tokenizer SmallTokenizer() =>
        BpeLearner.Learn(Enumerable.Repeat("Ein Mann läuft über die Straße, a man runs ... don't!", 2), new TokenizerTraining(380));
}
