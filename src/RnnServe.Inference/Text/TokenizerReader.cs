using System.Text.Json;

namespace RnnServe.Inference.Text;

/// <summary>What a tokenizer.json describes.</summary>
/// <param name="Vocabulary">The tokens.</param>
/// <param name="Model">Words to ids.</param>
/// <param name="Pipeline">Text to words, and tokens to text.</param>
/// <param name="Added">Tokens that are found in a text as it comes; null for none.</param>
/// <param name="AddedLater">Tokens that are found in a text that is normalized; null for none.</param>
internal sealed record TokenizerParts(
    Vocabulary Vocabulary, WordCache Model, TextPipeline Pipeline, AddedTokens? Added, AddedTokens? AddedLater);

/// <summary>Reads tokenizer.json, the format of Hugging Face's tokenizers library. What is not supported is refused by name.</summary>
internal static class TokenizerReader
{
    public static TokenizerParts Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(new JsonPart(document.RootElement, ""));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)      // the latter for half a surrogate pair
        {
            throw new InvalidDataException($"tokenizer.json is no JSON: {fault.Message}", fault);
        }
    }

    private static TokenizerParts Read(JsonPart root)
    {
        root.AllowFields(
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        root["truncation"].RequireNull();
        root["padding"].RequireNull();
        CheckPostProcessor(root["post_processor"]);

        var pipeline = new TextPipeline(
            [.. Steps(root["normalizer"], "normalizers").Select(NormalizerReader.Read)],
            [.. Steps(root["pre_tokenizer"], "pretokenizers").SelectMany(PreTokenizerReader.Read)],
            root["decoder"].IsNull ? null : [.. Steps(root["decoder"], "decoders").Select(DecoderReader.Read)]);
        return ModelReader.Read(root["model"], root["added_tokens"], pipeline);
    }

    // Only special tokens come from these, and offsets; Encode gives neither.
    private static void CheckPostProcessor(JsonPart part)
    {
        string[] known = ["TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel"];
        foreach (var step in Steps(part, "processors"))
        {
            if (!known.Contains(step["type"].Text()))
                throw step["type"].Fault(step["type"].Found(), $"null, Sequence, {string.Join(", ", known)}");
        }
    }

    private static IEnumerable<JsonPart> Steps(JsonPart part, string list)
    {
        if (part.IsNull)
            return [];
        if (part["type"].Text() != "Sequence")
            return [part];

        part.AllowFields("type", list);
        return part[list].Items().SelectMany(item => Steps(item, list));
    }
}
