using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RnnServe.Inference.Text;

/// <summary>Writes the tokenizer.json of a learnt tokenizer.</summary>
/// <remarks>
/// Byte pairs: one space is put before every text, and one is taken off again: "always", Metaspace's own way, would lose a space that the text
/// begins with. Runs of punctuation are words.
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

    private static readonly JsonWriterOptions Format =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The steps around the model, the same for every tokenizer that is learnt from byte pairs.</summary>
    public static TextPipeline ReadPipeline() => TokenizerReader.Read(Write(SpecialTokens, [])).Pipeline;

    /// <summary>A tokenizer of byte pairs.</summary>
    /// <param name="tokens">Token of each id.</param>
    /// <param name="merges">Pairs, the first learnt first.</param>
    public static byte[] Write(IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges) =>
        Write(PairPipeline, writer => WritePairs(writer, tokens, merges));

    /// <summary>A tokenizer of whole words.</summary>
    /// <param name="tokens">Token of each id.</param>
    public static byte[] WriteWords(IReadOnlyList<string> tokens) => Write(WordPipeline, writer =>
    {
        writer.WriteString("type", "WordLevel");
        WriteVocabulary(writer, tokens);
        writer.WriteString("unk_token", SpecialTokens[1]);
    });

    private static byte[] Write(string steps, Action<Utf8JsonWriter> writeModel)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Format))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0");
            writer.WriteNull("truncation");
            writer.WriteNull("padding");
            WriteSpecialTokens(writer);
            using var pipeline = JsonDocument.Parse($"{{{steps}}}");
            foreach (var part in pipeline.RootElement.EnumerateObject())
                part.WriteTo(writer);
            writer.WriteStartObject("model");
            writeModel(writer);
            writer.WriteEndObject();
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

    private static void WritePairs(Utf8JsonWriter writer, IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges)
    {
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteString("unk_token", SpecialTokens[1]);
        writer.WriteNull("continuing_subword_prefix");
        writer.WriteNull("end_of_word_suffix");
        writer.WriteBoolean("fuse_unk", false);
        writer.WriteBoolean("byte_fallback", true);
        writer.WriteBoolean("ignore_merges", false);
        WriteVocabulary(writer, tokens);
        writer.WriteStartArray("merges");
        foreach (var (left, right) in merges)
            writer.WriteStringValue($"{left} {right}");
        writer.WriteEndArray();
    }

    private static void WriteVocabulary(Utf8JsonWriter writer, IReadOnlyList<string> tokens)
    {
        writer.WriteStartObject("vocab");
        for (var id = 0; id < tokens.Count; id++)
            writer.WriteNumber(tokens[id], id);
        writer.WriteEndObject();
    }
}
