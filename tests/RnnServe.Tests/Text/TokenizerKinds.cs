using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

/// <summary>A tokenizer.json of each kind that people have, made from some texts.</summary>
internal static class TokenizerKinds
{
    private const string Bytes = """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""";
    private const string MetaspaceDecoder = """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""";

    private const string Llama = """
        {"normalizer": {"type": "Sequence", "normalizers": [
           {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
         "decoder": {"type": "Sequence", "decoders": [
           {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
           {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}}
        """;

    private const string Llama3 = """
        {"normalizer": {"type": "NFC"},
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
           {"type": "Split", "behavior": "Isolated", "invert": false, "pattern": {"Regex":
             "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
           {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]},
         "post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true}]},
         "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}}
        """;

    private const string Clip = """
        {"normalizer": {"type": "Sequence", "normalizers": [
           {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]},
         "pre_tokenizer": {"type": "Split", "behavior": "Removed", "invert": true, "pattern": {"Regex": "'s|'t|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+"}},
         "decoder": {"type": "BPEDecoder", "suffix": "</w>"}}
        """;

    private const string Bert = """
        {"normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true}}
        """;

    private const string Words = """
        {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Strip", "strip_left": true, "strip_right": true}]},
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Whitespace"}, {"type": "Digits", "individual_digits": false}]}}
        """;

    private static readonly Dictionary<string, Func<IReadOnlyList<string>, JsonNode>> Kinds = new()
    {
        ["BPE as learnt here"] = texts => JsonNode.Parse(BpeLearner.Learn(texts, new TokenizerTraining(2000)).ToJson())!,
        ["BPE, Metaspace"] = texts => new Pairs(texts, Metaspace("always")).Bpe(new { fuse_unk = true }),
        ["BPE, Metaspace, first"] = texts => new Pairs(texts, Metaspace("first")).Bpe(new { fuse_unk = false }),
        ["BPE, words, Metaspace, first"] = texts => new Pairs(texts, Metaspace("first", """{"type": "WhitespaceSplit"},""")).Bpe(new { fuse_unk = true }),
        ["BPE, Metaspace, never, bytes"] = texts => new Pairs(texts, Metaspace("never"), bytes: true).Bpe(new { byte_fallback = true }),
        ["BPE, Metaspace, no unknown token"] = texts => new Pairs(texts, Metaspace("always")).Bpe(new { unk_token = (string?)null }),
        ["BPE, Llama's way"] = texts => new Pairs(texts, Llama, bytes: true).Bpe(new { byte_fallback = true, fuse_unk = true }),
        ["BPE, GPT-2's way"] = texts => new Pairs(texts, $$"""{"pre_tokenizer": {{Bytes}}, "decoder": {{Bytes}} }""").Bpe(new { }),
        ["BPE, Llama 3's way"] = texts => new Pairs(texts, Llama3).Bpe(new { ignore_merges = true }, everyThirdMergeLost: true),
        ["BPE, CLIP's way"] = texts => new Pairs(texts, Clip, suffix: "</w>").Bpe(new { end_of_word_suffix = "</w>" }),
        ["BPE, prefixes"] = texts => new Pairs(texts, Bert, prefix: "##").Bpe(new { continuing_subword_prefix = "##" }),
        ["WordPiece, BERT's way"] = texts => new Pairs(texts, Bert, prefix: "##").WordPiece(),
        ["WordLevel as learnt here"] = texts => JsonNode.Parse(WordLearner.Learn(texts, minimumCount: 2).ToJson())!,
        ["WordLevel, letters and digits"] = texts => new Pairs(texts, Words).WordLevel(),
        ["Unigram"] = texts => new Pairs(texts, Metaspace("always")).Unigram(byteFallback: false),
        ["Unigram, bytes"] = texts => new Pairs(texts, Metaspace("always"), bytes: true).Unigram(byteFallback: true),
        ["Added tokens"] = texts => Add(new Pairs(texts, Metaspace("first")).Bpe(new { fuse_unk = true }),
            ("Mann", false, false, false, false), ("▁a man", false, false, false, true), ("...", true, true, true, false),
            ("zwei", true, false, false, true), ("a", true, false, false, false)),
        ["Added tokens, lower case"] = texts => Add(new Pairs(texts, Bert, prefix: "##").WordPiece(),
            ("Straße", false, false, false, true), ("ÄÖ", false, true, false, true), ("Two", true, false, true, false)),
    };

    public static IEnumerable<string> Names => Kinds.Keys;

    public static Tokenizer Create(string kind, IReadOnlyList<string> texts) => Tokenizer.Parse(Encoding.UTF8.GetBytes(Kinds[kind](texts).ToJsonString()));

    private static string Metaspace(string scheme, string before = "")
    {
        var step = $$"""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": true}""";
        return $$"""
            {"normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{{before}} {{step}}]},
             "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {{(scheme == "never" ? step : MetaspaceDecoder)}}] } }
            """;
    }

    private static JsonNode Add(JsonNode json, params (string Content, bool Word, bool Left, bool Right, bool Normalized)[] tokens)
    {
        var count = json["model"]!["vocab"]!.AsObject().Count;
        foreach (var (content, word, left, right, normalized) in tokens)
        {
            var id = json["model"]!["vocab"]![content]?.GetValue<int>() ?? count++;
            json["added_tokens"]!.AsArray().Add(JsonSerializer.SerializeToNode(
                new { id, content, single_word = word, lstrip = left, rstrip = right, normalized, special = false }));
        }

        return json;
    }
}
