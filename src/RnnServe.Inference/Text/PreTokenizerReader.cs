using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>When Metaspace puts a replacement character before a piece that does not begin with one.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>Reads the part "pre_tokenizer" of tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    /// <summary>What Metaspace says of itself, as a pre-tokenizer and as a decoder.</summary>
    public static readonly string[] MetaspaceFields = ["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"];

    /// <summary>What ByteLevel says of itself, as a pre-tokenizer and as a decoder.</summary>
    public static readonly string[] ByteLevelFields = ["add_prefix_space", "trim_offsets", "use_regex"];

    private static readonly Dictionary<string, string[]> Fields = new()
    {
        ["Metaspace"] = MetaspaceFields,
        ["ByteLevel"] = ByteLevelFields,
        ["Punctuation"] = ["behavior"],
        ["WhitespaceSplit"] = [],
        ["Whitespace"] = [],
        ["BertPreTokenizer"] = [],
        ["Digits"] = ["individual_digits"],
        ["Split"] = ["pattern", "behavior", "invert"],
    };

    public static IEnumerable<PieceStep> Read(JsonPart part) => part.StepType(Fields) switch
    {
        "Metaspace" => [Metaspace(part)],
        "ByteLevel" => ByteLevelSteps(part),
        "Punctuation" => [Cut(Characters.IsPunctuation, Matched(part, MatchedPart.Isolated))],
        "WhitespaceSplit" => [Cut(Rune.IsWhiteSpace, MatchedPart.Removed)],
        "Whitespace" => [Cut(Rune.IsWhiteSpace, MatchedPart.Removed), Cut(Characters.IsWord, MatchedPart.Contiguous)],
        "BertPreTokenizer" => [Cut(Rune.IsWhiteSpace, MatchedPart.Removed), Cut(Characters.IsPunctuation, MatchedPart.Isolated)],
        "Digits" => [Cut(Rune.IsNumber, part["individual_digits"].FlagOr(false) ? MatchedPart.Isolated : MatchedPart.Contiguous)],
        _ => [Split(part)],
    };

    /// <summary>The character that stands for spaces, and when one is put before a piece; pre-tokenizers and decoders have it in
    /// common.</summary>
    public static (char Replacement, PrependScheme Scheme) ReadMetaspace(JsonPart part)
    {
        part["str_rep"].RequireNull();
        return (part["replacement"].Character(), Scheme(part));
    }

    private static PieceStep Metaspace(JsonPart part)
    {
        var (replacement, scheme) = ReadMetaspace(part);
        var plain = new TextNormalizer(text => text.Replace(' ', replacement));
        var prepending = new TextNormalizer(text =>
            (text = text.Replace(' ', replacement)).StartsWith(replacement) ? text : replacement + text);
        return new PieceStep(
            scheme == PrependScheme.Never ? plain : prepending,
            scheme == PrependScheme.Always ? prepending : plain,
            part["split"].FlagOr(true) ? new MetaspaceCutter(replacement) : null);
    }

    private static IEnumerable<PieceStep> ByteLevelSteps(JsonPart part)
    {
        var space = part["add_prefix_space"].FlagOr(true) ? new TextNormalizer(text => text.StartsWith(' ') ? text : " " + text) : null;
        var words = new PatternCutter(new TextPattern(TextPattern.Gpt2), MatchedPart.Isolated, invert: false);
        var bytes = new TextNormalizer(ByteLevel.Spell);
        return [new PieceStep(space, space, part["use_regex"].FlagOr(true) ? words : null), new PieceStep(bytes, bytes, null)];
    }

    private static PieceStep Split(JsonPart part)
    {
        var pattern = NormalizerReader.Pattern(part["pattern"]) ?? TextPattern.Literal(part["pattern"]["String"].Text());
        return new PieceStep(null, null, new PatternCutter(pattern, Matched(part, null), part["invert"].FlagOr(false)));
    }

    private static PieceStep Cut(Func<Rune, bool> kind, MatchedPart matched) => new(null, null, new KindCutter(kind, matched));

    // The library takes the names in lower case too.
    private static MatchedPart Matched(JsonPart part, MatchedPart? absent)
    {
        var behavior = part["behavior"];
        if (behavior.IsNull && absent is { } known)
            return known;
        return Enum.TryParse<MatchedPart>(behavior.Text().Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var matched)
            ? matched
            : throw behavior.Fault(behavior.Found(), string.Join(", ", Enum.GetNames<MatchedPart>()));
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
