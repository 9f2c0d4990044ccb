using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RnnServe.Inference.Text;

/// <summary>Writes the tokenizer.json of a learnt tokenizer.</summary>
/// <remarks>
/// One space is put before every text, and one is taken off again: "always", Metaspace's own way, would lose a space that the text
/// begins with. Punctuation is "Contiguous" because that is how the JavaScript library cuts, whatever the file says.
/// </remarks>
internal static class TokenizerWriter
{
    /// <summary>Special tokens in the order of their ids: padding, unknown, start and end of a sentence.</summary>
    public static readonly IReadOnlyList<string> SpecialTokens = ["<pad>", "<unk>", "<s>", "</s>"];

    private const string Pipeline = """
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

    private static readonly JsonWriterOptions Format =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The steps around the model, the same for every learnt tokenizer.</summary>
    public static TextPipeline ReadPipeline() => TokenizerReader.Read(Write(SpecialTokens, [])).Pipeline;

    /// <param name="tokens">Token of each id.</param>
    /// <param name="merges">Pairs, the first learnt first.</param>
    public static byte[] Write(IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Format))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0");
            writer.WriteNull("truncation");
            writer.WriteNull("padding");
            WriteSpecialTokens(writer);
            using var pipeline = JsonDocument.Parse($"{{{Pipeline}}}");
            foreach (var part in pipeline.RootElement.EnumerateObject())
                part.WriteTo(writer);
            WriteModel(writer, tokens, merges);
            writer.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void WriteSpecialTokens(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("added_tokens");
        for (var id = 0; id < SpecialTokens.Count; id++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", id);
            writer.WriteString("content", SpecialTokens[id]);
            foreach (var flag in (string[])["single_word", "lstrip", "rstrip", "normalized"])
                writer.WriteBoolean(flag, false);
            writer.WriteBoolean("special", true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteModel(Utf8JsonWriter writer, IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges)
    {
        writer.WriteStartObject("model");
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteString("unk_token", SpecialTokens[1]);
        writer.WriteNull("continuing_subword_prefix");
        writer.WriteNull("end_of_word_suffix");
        writer.WriteBoolean("fuse_unk", false);
        writer.WriteBoolean("byte_fallback", true);
        writer.WriteBoolean("ignore_merges", false);
        writer.WriteStartObject("vocab");
        for (var id = 0; id < tokens.Count; id++)
            writer.WriteNumber(tokens[id], id);
        writer.WriteEndObject();

        writer.WriteStartArray("merges");
        foreach (var (left, right) in merges)
            writer.WriteStringValue($"{left} {right}");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
