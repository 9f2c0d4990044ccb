using Microsoft.ML.Tokenizers;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Inference.Text;

/// <summary>Reads the part "normalizer" of tokenizer.json.</summary>
internal static class NormalizerReader
{
    private static readonly Dictionary<string, string[]> Fields = new()
    {
        ["NFC"] = [],
        ["NFD"] = [],
        ["Lowercase"] = [],
        ["StripAccents"] = [],
        ["ByteLevel"] = [],
        ["Strip"] = ["strip_left", "strip_right"],
        ["Prepend"] = ["prepend"],
        ["Replace"] = ["pattern", "content"],
        ["BertNormalizer"] = ["clean_text", "handle_chinese_chars", "strip_accents", "lowercase"],
    };

    public static Normalizer Read(JsonPart part) => new TextNormalizer(part.StepType(Fields) switch
    {
        "NFC" => CanonicalComposition.Normalize,
        "NFD" => CanonicalComposition.Decompose,
        "Lowercase" => TextNormalizer.Lowercase,
        "StripAccents" => text => TextNormalizer.Drop(text, Characters.IsMark),
        "ByteLevel" => ByteLevel.Spell,
        "Strip" => Strip(part["strip_left"].FlagOr(false), part["strip_right"].FlagOr(false)),
        "Prepend" => Prepend(part["prepend"].Text()),
        "Replace" => Replacement(part),
        _ => Bert(part),
    });

    /// <summary>A step "Replace", which normalizers and decoders have in common.</summary>
    public static Func<string, string> Replacement(JsonPart part)
    {
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

    private static Func<string, string> Strip(bool left, bool right) =>
        text => (left ? text.TrimStart() : text) is var rest && right ? rest.TrimEnd() : rest;

    private static Func<string, string> Prepend(string prefix) => text => text.Length == 0 ? text : prefix + text;

    private static Func<string, string> Bert(JsonPart part)
    {
        var (clean, ideographs) = (part["clean_text"].FlagOr(true), part["handle_chinese_chars"].FlagOr(true));
        var lowercase = part["lowercase"].FlagOr(true);
        var accents = part["strip_accents"].FlagOr(lowercase);
        return text => TextNormalizer.Bert(text, clean, ideographs, accents, lowercase);
    }
}
