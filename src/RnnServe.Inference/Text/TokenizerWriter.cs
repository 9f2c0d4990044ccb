using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RnnServe.Inference.Text;

/// <summary>Writes the tokenizer.json of a learnt tokenizer.</summary>
/// <remarks>
/// Byte pairs: one space is put before every text, and one is taken off again: "always", Metaspace's own way, would lose a space that
/// the text begins with. Runs of punctuation are words.
/// </remarks>
internal static class TokenizerWriter
{
    /// <summary>Special tokens in the order of their ids: padding, unknown, start and end of a sentence.</summary>
    public static readonly IReadOnlyList<string> SpecialTokens = ["<pad>", "<unk>", "<s>", "</s>"];

    private const string PairPipeline = """
        "normalizer": {"type": "Sequence", "normalizers": [
          {"type": "NFC"},
          {"type": "Prepend", "prepend": "▁"},
          {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
          {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": true},
          {"type": "Punctuation", "behavior": "Contiguous"}]},
        "post_processor": null,
        "decoder": {"type": "Sequence", "decoders": [
          {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
          {"type": "ByteFallback"},
          {"type": "Fuse"},
          {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
        """;

    private const string WordPipeline = """
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": null,
        "decoder": null
        """;

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The steps around the model, the same for every tokenizer that is learnt from byte pairs.</summary>
    public static TextPipeline ReadPipeline() => TokenizerReader.Read(Write(SpecialTokens, [])).Pipeline;

    /// <summary>A tokenizer of byte pairs.</summary>
    /// <param name="tokens">Token of each id.</param>
    /// <param name="merges">Pairs, the first learnt first.</param>
    public static byte[] Write(IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges) => Write(PairPipeline, new()
    {
        ["type"] = "BPE",
        ["dropout"] = null,
        ["unk_token"] = SpecialTokens[1],
        ["continuing_subword_prefix"] = null,
        ["end_of_word_suffix"] = null,
        ["fuse_unk"] = false,
        ["byte_fallback"] = true,
        ["ignore_merges"] = false,
        ["vocab"] = Vocabulary(tokens),
        ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)$"{merge.Left} {merge.Right}")]),
    });

    /// <summary>A tokenizer of whole words.</summary>
    /// <param name="tokens">Token of each id.</param>
    public static byte[] WriteWords(IReadOnlyList<string> tokens) => Write(
        WordPipeline, new() { ["type"] = "WordLevel", ["vocab"] = Vocabulary(tokens), ["unk_token"] = SpecialTokens[1] });

    private static byte[] Write(string steps, JsonObject model)
    {
        var file = JsonNode.Parse(
            $$"""{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], {{steps}}}""")!.AsObject();
        for (var id = 0; id < SpecialTokens.Count; id++)
        {
            file["added_tokens"]!.AsArray().Add((JsonNode)new JsonObject
            {
                ["id"] = id,
                ["content"] = SpecialTokens[id],
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            });
        }

        file["model"] = model;
        return [.. JsonSerializer.SerializeToUtf8Bytes(file, Format), (byte)'\n'];
    }

    private static JsonObject Vocabulary(IReadOnlyList<string> tokens) =>
        new(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
}
