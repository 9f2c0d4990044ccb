using System.Text;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

public class TokenizerRefusalTests
{
    private static readonly byte[] Good = BpeLearner.Learn(["aa ab aa ab"], new TokenizerTraining(270)).ToJson();

    [Theory]
    [InlineData("model.type", "\"WordPiece\"", "WordPiece", "BPE")]
    [InlineData("model.type", "\"Unigram\"", "Unigram", "BPE")]
    [InlineData("model.dropout", "0.1", "0.1", "null")]
    [InlineData("model.ignore_merges", "true", "true", "false")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "</w>", "null")]
    [InlineData("model.continuing_subword_prefix", "\"##\"", "##", "null")]
    [InlineData("model.unk_token", "\"[UNK]\"", "[UNK]", "vocabulary")]
    [InlineData("model.surprise", "1", "surprise", "merges")]
    [InlineData("model.byte_fallback", "\"yes\"", "yes", "true, false")]
    [InlineData("model.merges", "[\"x y\"]", "'x'", "vocabulary")]
    [InlineData("model.merges", "[\"a a a\"]", "a a a", "\"a b\"")]
    [InlineData("model.vocab", "{\"a\": 5}", "5", "each id")]
    [InlineData("model.type", "\"WordLevel\"", "dropout", "vocab")]
    [InlineData("normalizer", "{\"type\": \"StripAccents\"}", "StripAccents", "Lowercase")]
    [InlineData("normalizer", "{\"type\": \"Lowercase\", \"language\": \"tr\"}", "language", "type")]
    [InlineData("normalizer", "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"NFKC\"}]}", "NFKC", "NFC")]
    [InlineData("normalizer", "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"a+\"}, \"content\": \"\"}", "Regex", "String")]
    [InlineData("pre_tokenizer", "{\"type\": \"ByteLevel\"}", "ByteLevel", "Metaspace")]
    [InlineData("pre_tokenizer", "{\"type\": \"Whitespace\"}", "\"Whitespace\"", "WhitespaceSplit")]
    [InlineData("pre_tokenizer", "{\"type\": \"Punctuation\", \"behavior\": \"Removed\"}", "Removed", "Contiguous")]
    [InlineData("pre_tokenizer", "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"last\"}", "last", "always")]
    [InlineData("decoder", "{\"type\": \"WordPiece\"}", "WordPiece", "ByteFallback")]
    [InlineData("post_processor", "{\"type\": \"BertProcessing\"}", "BertProcessing", "TemplateProcessing")]
    [InlineData("truncation", "{\"max_length\": 5}", "max_length", "null")]
    [InlineData("padding", "{\"strategy\": \"Fixed\"}", "Fixed", "null")]
    [InlineData("surprise", "{}", "surprise", "added_tokens")]
    [InlineData("added_tokens", "[{\"id\": 0, \"content\": \"<pad>\", \"special\": false}]", "<pad>", "special")]
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
