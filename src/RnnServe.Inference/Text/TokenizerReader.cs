using System.Text.Json;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Inference.Text;

/// <summary>Reads tokenizer.json, the format of Hugging Face's tokenizers library. What is not supported is refused by name.</summary>
internal static class TokenizerReader
{
    public static (ITokenModel Model, TextPipeline Pipeline) Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(new JsonPart(document.RootElement, ""));
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"tokenizer.json is no JSON: {fault.Message}", fault);
        }
    }

    private static (ITokenModel Model, TextPipeline Pipeline) Read(JsonPart root)
    {
        root.AllowFields(
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        root["truncation"].RequireNull();
        root["padding"].RequireNull();
        CheckPostProcessor(root["post_processor"]);

        var pipeline = new TextPipeline(
            [.. Steps(root["normalizer"], "normalizers", Normalizer)],
            [.. Steps(root["pre_tokenizer"], "pretokenizers", PreTokenizer)],
            root["decoder"].IsNull ? null : [.. Steps(root["decoder"], "decoders", Decoder)]);
        return (VocabularyReader.Read(root["model"], root["added_tokens"]), pipeline);
    }

    // Only special tokens come from these; Encode adds none.
    private static void CheckPostProcessor(JsonPart part)
    {
        if (!part.IsNull && part["type"].Text() is var type and not "TemplateProcessing")
            throw part["type"].Fault($"'{type}'", "null, TemplateProcessing");
    }

    private static IEnumerable<T> Steps<T>(JsonPart part, string list, Func<JsonPart, T> read)
    {
        if (part.IsNull)
            return [];
        if (part["type"].Text() != "Sequence")
            return [read(part)];

        part.AllowFields("type", list);
        return part[list].Items().SelectMany(item => Steps(item, list, read));
    }

    private static Func<string, string> Normalizer(JsonPart part)
    {
        switch (part["type"].Text())
        {
            case "NFC":
                part.AllowFields("type");
                return CanonicalComposition.Normalize;
            case "Lowercase":
                part.AllowFields("type");
                return Lowercase;
            case "Prepend":
                part.AllowFields("type", "prepend");
                var prefix = part["prepend"].Text();
                return text => prefix + text;
            case "Replace":
                var (pattern, content) = Replacement(part);
                return text => text.Replace(pattern, content, StringComparison.Ordinal);
            default:
                throw part["type"].Fault(part["type"].Found(), "null, Sequence, NFC, Lowercase, Prepend, Replace");
        }
    }

    // Character by character, as the Rust library does it. U+0130 is the one character that becomes two.
    private static string Lowercase(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    private static IPreTokenizer PreTokenizer(JsonPart part)
    {
        switch (part["type"].Text())
        {
            case "Metaspace":
                part.AllowFields("type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
                part["str_rep"].RequireNull();
                return new MetaspacePreTokenizer(part["replacement"].Character(), Scheme(part), part["split"].FlagOr(true));
            case "Punctuation":
                part.AllowFields("type", "behavior");
                return part["behavior"].TextOr("Isolated").ToUpperInvariant() switch
                {
                    "ISOLATED" => new PunctuationPreTokenizer(isolated: true),
                    "CONTIGUOUS" => new PunctuationPreTokenizer(isolated: false),
                    _ => throw part["behavior"].Fault(part["behavior"].Found(), "Isolated, Contiguous"),
                };
            case "WhitespaceSplit":
                part.AllowFields("type");
                return new WhitespacePreTokenizer();
            default:
                throw part["type"].Fault(part["type"].Found(), "null, Sequence, Metaspace, Punctuation, WhitespaceSplit");
        }
    }

    private static ITokenDecoder Decoder(JsonPart part)
    {
        switch (part["type"].Text())
        {
            case "ByteFallback":
                part.AllowFields("type");
                return new ByteFallbackDecoder();
            case "Fuse":
                part.AllowFields("type");
                return new FuseDecoder();
            case "Replace":
                var (pattern, content) = Replacement(part);
                return new ReplaceDecoder(pattern, content);
            case "Strip":
                part.AllowFields("type", "content", "start", "stop");
                return new StripDecoder(part["content"].Character(), part["start"].Number(), part["stop"].Number());
            case "Metaspace":
                part.AllowFields("type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
                part["str_rep"].RequireNull();
                return new MetaspaceDecoder(part["replacement"].Character(), Scheme(part));
            default:
                throw part["type"].Fault(part["type"].Found(), "null, Sequence, ByteFallback, Fuse, Replace, Strip, Metaspace");
        }
    }

    private static (string Pattern, string Content) Replacement(JsonPart part)
    {
        part.AllowFields("type", "pattern", "content");
        part["pattern"].AllowFields("String");
        var pattern = part["pattern"]["String"].Text();
        if (pattern.Length == 0)
            throw part["pattern"].Fault("an empty string", "a string");
        return (pattern, part["content"].Text());
    }

    // Files older than prepend_scheme have add_prefix_space instead.
    private static PrependScheme Scheme(JsonPart part)
    {
        var absent = part["add_prefix_space"].FlagOr(true) ? "always" : "never";
        return part["prepend_scheme"].TextOr(absent) switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw part["prepend_scheme"].Fault(part["prepend_scheme"].Found(), "always, first, never"),
        };
    }
}
