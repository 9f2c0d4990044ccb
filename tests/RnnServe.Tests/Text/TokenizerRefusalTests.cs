using System.Text;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

public class TokenizerRefusalTests
{
    private static readonly byte[] Good = BpeLearner.Learn(["aa ab aa ab"], new TokenizerTraining(270)).ToJson();

    [Theory]
    [InlineData("model.type", "\"Hyphen\"", "Hyphen", "BPE, WordPiece, WordLevel, Unigram")]
    [InlineData("model.type", "\"WordPiece\"", "dropout", "max_input_chars_per_word")]
    [InlineData("model.type", "\"Unigram\"", "{\"", "array")]
    [InlineData("model", "{\"type\": \"WordPiece\", \"vocab\": {\"<pad>\": 0, \"<unk>\": 1, \"<s>\": 2, \"</s>\": 3}}", "nothing", "a token of the vocabulary")]
    [InlineData("model", "{\"type\": \"WordPiece\", \"unk_token\": \"<unk>\", \"max_input_chars_per_word\": 5000, \"vocab\": {\"<pad>\": 0, \"<unk>\": 1, \"<s>\": 2, \"</s>\": 3}}", "5000", "1 to 1000")]
    [InlineData("model", "{\"type\": \"Unigram\", \"unk_id\": 4, \"vocab\": [[\"<pad>\", 0], [\"<unk>\", 0], [\"<s>\", 0], [\"</s>\", 0]]}", "4", "0 to 3")]
    [InlineData("model", "{\"type\": \"Unigram\", \"unk_id\": 1, \"vocab\": [[\"a\", 0], [\"a\", 0]]}", "vocab[1]", "each token once")]
    [InlineData("model.dropout", "0.1", "0.1", "null")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "true", "neither")]
    [InlineData("model.continuing_subword_prefix", "\"##\"", "true", "neither")]
    [InlineData("model.merges", "[[\"a\", \"\"]]", "[\"a\",", "[\"a\", \"b\"]")]
    [InlineData("model.unk_token", "\"[UNK]\"", "[UNK]", "vocabulary")]
    [InlineData("model.surprise", "1", "surprise", "merges")]
    [InlineData("model.byte_fallback", "\"yes\"", "yes", "true, false")]
    [InlineData("model.merges", "[\"x y\"]", "'x'", "vocabulary")]
    [InlineData("model.merges", "[\"a a a\"]", "a a a", "\"a b\"")]
    [InlineData("model.vocab", "{\"a\": 5}", "5", "each id")]
    [InlineData("model.type", "\"WordLevel\"", "dropout", "vocab")]
    [InlineData("normalizer", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"\"}", "Precompiled", "Lowercase")]
    [InlineData("normalizer", "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"(\"}, \"content\": \"\"}", "(", "regular expression")]
    [InlineData("normalizer", "{\"type\": \"Replace\", \"pattern\": {\"String\": \"\"}, \"content\": \"\"}", "empty", "a string")]
    [InlineData("normalizer", "{\"type\": \"Lowercase\", \"language\": \"tr\"}", "language", "type")]
    [InlineData("normalizer", "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"NFKC\"}]}", "NFKC", "NFC")]
    [InlineData("pre_tokenizer", "{\"type\": \"UnicodeScripts\"}", "UnicodeScripts", "WhitespaceSplit")]
    [InlineData("pre_tokenizer", "{\"type\": \"Punctuation\", \"behavior\": \"Dropped\"}", "Dropped", "Removed")]
    [InlineData("pre_tokenizer", "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"\\\\p{Han}\"}, \"behavior\": \"Isolated\"}", "Han", "regular expression")]
    [InlineData("pre_tokenizer", "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"last\"}", "last", "always")]
    [InlineData("decoder", "{\"type\": \"CTC\"}", "CTC", "ByteFallback")]
    [InlineData("post_processor", "{\"type\": \"Surprise\"}", "Surprise", "TemplateProcessing")]
    [InlineData("truncation", "{\"max_length\": 5}", "max_length", "null")]
    [InlineData("padding", "{\"strategy\": \"Fixed\"}", "Fixed", "null")]
    [InlineData("surprise", "{}", "surprise", "added_tokens")]
    [InlineData("added_tokens", "[{\"id\": 0, \"content\": \"\", \"special\": false}]", "empty", "a string")]
    [InlineData("added_tokens", "[{\"id\": 9, \"content\": \"<pad>\", \"special\": true}]", "9", "0")]
    public void What_is_not_supported_is_refused_with_its_place_and_name(string path, string value, string found, string supported)
    {
        var json = JsonNode.Parse(Good)!;
        var owner = path.Split('.')[..^1].Aggregate(json, (node, field) => node[field]!);
        owner[path.Split('.')[^1]] = JsonNode.Parse(value);

        var fault = Assert.Throws<InvalidDataException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));

        var parts = fault.Message.Split("supported: ");
        Assert.Contains(path.Split('.')[0], fault.Message, StringComparison.Ordinal);
        Assert.Contains(found, parts[0], StringComparison.Ordinal);
        Assert.Contains(supported, parts[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": [], \"merges\": []}}")]
    public void What_is_no_tokenizer_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_refusal_names_the_file()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, "{}");
        var fault = Assert.Throws<InvalidDataException>(() => Tokenizer.Load(path));
        File.Delete(path);
        Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_good_file_is_refused()
    {
        for (var length = 0; length < Good.Length - 2; length += 7)
            Assert.Throws<InvalidDataException>(() => Tokenizer.Parse(Good.AsSpan(0, length)));
    }
}
