using System.Text;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;
using RnnServe.Training.Data;

namespace RnnServe.Tests.Data;

public class LostCharactersTests
{
    [Fact]
    public void Texts_that_lose_characters_are_counted_and_the_characters_named()
    {
        var said = new List<string>();

        LostCharacters.Say(Tokenizer(unknown: null), ["ab", "aЖb", "a é Ж", "A-b!"], "Training", said.Add);

        Assert.Equal(
            "Training: 2 texts lose characters that the tokenizer has no token for ('é', 'Ж'): "
            + "learn a tokenizer from these texts, or give it an unk_token or byte_fallback.",
            Assert.Single(said));
    }

    [Theory]
    [InlineData("<unk>"), InlineData("[UNK]"), InlineData("?unknown?")]
    public void An_unknown_token_is_found_by_what_the_tokenizer_says_and_never_produced(string name)
    {
        var tokenizer = Tokenizer(name);
        var said = new List<string>();
        LostCharacters.Say(tokenizer, ["aЖb"], "Training", said.Add);
        var decoder = new DecoderManifest { VocabularySize = 7, StartId = 1, EndId = 2, PadId = 0, Attention = false, States = [] };

        Assert.Equal(3, tokenizer.UnknownId);
        Assert.Equal([1, 0, 3, 6], TokenRules.Of(decoder, tokenizer).Banned);
        Assert.Empty(said);
    }

    /// <summary>&lt;pad&gt;, &lt;s&gt;, &lt;/s&gt;, the unknown token or another, a, b, and &lt;mask&gt;, which no text shows.</summary>
    private static Tokenizer Tokenizer(string? unknown) => Inference.Text.Tokenizer.Parse(Encoding.UTF8.GetBytes($$"""
        {
          "added_tokens": [
            { "id": 0, "content": "<pad>", "special": true }, { "id": 1, "content": "<s>", "special": true },
            { "id": 2, "content": "</s>", "special": true }, { "id": 6, "content": "<mask>", "special": true }
          ],
          "normalizer": { "type": "Lowercase" }, "pre_tokenizer": null, "decoder": null,
          "model": {
            "type": "BPE", "unk_token": {{(unknown is null ? "null" : $"\"{unknown}\"")}}, "merges": [],
            "vocab": { "<pad>": 0, "<s>": 1, "</s>": 2, "{{unknown ?? "c"}}": 3, "a": 4, "b": 5, "<mask>": 6 }
          }
        }
        """));
}
