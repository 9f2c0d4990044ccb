using Microsoft.ML.Tokenizers;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Inference.Text;

/// <summary>Reads the part "normalizer" of tokenizer.json.</summary>
internal static class NormalizerReader
{
    public static Normalizer Read(JsonPart part) => new TextNormalizer(Rewriting(part));

    /// <summary>A step "Replace", which normalizers and decoders have in common.</summary>
    public static Func<string, string> Replacement(JsonPart part)
    {
        part.AllowFields("type", "pattern", "content");
        var content = part["content"].Text();
        if (Pattern(part["pattern"]) is { } pattern)
            return text => pattern.Replace(text, content);

        var literal = part["pattern"]["String"].Text();
        return text => text.Replace(literal, content, StringComparison.Ordinal);
    }

    /// <summary>A regular expression; null where there is a string instead, which is not empty.</summary>
    public static TextPattern? Pattern(JsonPart part)
    {
        part.AllowFields("String", "Regex");
        var (regex, literal) = (part["Regex"], part["String"]);
        if (regex.IsNull)
            return literal.Text().Length > 0 ? null : throw part.Fault("an empty string", "a string");

        try
        {
            return new TextPattern(regex.Text());
        }
        catch (ArgumentException fault)
        {
            throw regex.Fault($"{regex.Found()} ({fault.Message})", "a regular expression of .NET");
        }
    }

    private static Func<string, string> Rewriting(JsonPart part)
    {
        switch (part["type"].Text())
        {
            case "NFC":
                part.AllowFields("type");
                return CanonicalComposition.Normalize;
            case "NFD":
                part.AllowFields("type");
                return CanonicalComposition.Decompose;
            case "Lowercase":
                part.AllowFields("type");
                return TextNormalizer.Lowercase;
            case "StripAccents":
                part.AllowFields("type");
                return text => TextNormalizer.Drop(text, Characters.IsMark);
            case "ByteLevel":
                part.AllowFields("type");
                return ByteLevel.Spell;
            case "Strip":
                part.AllowFields("type", "strip_left", "strip_right");
                var (left, right) = (part["strip_left"].FlagOr(false), part["strip_right"].FlagOr(false));
                return text => (left ? text.TrimStart() : text) is var rest && right ? rest.TrimEnd() : rest;
            case "Prepend":
                part.AllowFields("type", "prepend");
                var prefix = part["prepend"].Text();
                return text => TextNormalizer.Prepend(text, prefix);
            case "Replace":
                return Replacement(part);
            case "BertNormalizer":
                part.AllowFields("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
                var (clean, ideographs) = (part["clean_text"].FlagOr(true), part["handle_chinese_chars"].FlagOr(true));
                var lowercase = part["lowercase"].FlagOr(true);
                var accents = part["strip_accents"].FlagOr(lowercase);
                return text => TextNormalizer.Bert(text, clean, ideographs, accents, lowercase);
            default:
                throw part["type"].Fault(
                    part["type"].Found(), "null, Sequence, NFC, NFD, Lowercase, StripAccents, Strip, Prepend, Replace, ByteLevel, BertNormalizer");
        }
    }
}
