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
    public static IEnumerable<PieceStep> Read(JsonPart part)
    {
        switch (part["type"].Text())
        {
            case "Metaspace":
                return [Metaspace(part)];
            case "ByteLevel":
                return ByteLevelSteps(part);
            case "Punctuation":
                part.AllowFields("type", "behavior");
                return [Cut(new KindCutter(Characters.IsPunctuation, Matched(part, MatchedPart.Isolated)))];
            case "WhitespaceSplit":
                part.AllowFields("type");
                return [Cut(WhiteSpace())];
            case "Whitespace":
                part.AllowFields("type");
                return [Cut(WhiteSpace()), Cut(new KindCutter(Characters.IsWord, MatchedPart.Contiguous))];
            case "BertPreTokenizer":
                part.AllowFields("type");
                return [Cut(WhiteSpace()), Cut(new KindCutter(Characters.IsPunctuation, MatchedPart.Isolated))];
            case "Digits":
                part.AllowFields("type", "individual_digits");
                return [Cut(new KindCutter(Rune.IsNumber, part["individual_digits"].FlagOr(false) ? MatchedPart.Isolated : MatchedPart.Contiguous))];
            case "Split":
                part.AllowFields("type", "pattern", "behavior", "invert");
                var pattern = NormalizerReader.Pattern(part["pattern"]) ?? TextPattern.Literal(part["pattern"]["String"].Text());
                return [Cut(new PatternCutter(pattern, Matched(part, null), part["invert"].FlagOr(false)))];
            default:
                throw part["type"].Fault(
                    part["type"].Found(),
                    "null, Sequence, Metaspace, ByteLevel, Punctuation, WhitespaceSplit, Whitespace, BertPreTokenizer, Digits, Split");
        }
    }

    /// <summary>The character that stands for spaces, and when one is put before a piece; pre-tokenizers and decoders have it in common.</summary>
    public static (char Replacement, PrependScheme Scheme) MetaspaceFields(JsonPart part)
    {
        part.AllowFields("type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
        part["str_rep"].RequireNull();
        return (part["replacement"].Character(), Scheme(part));
    }

    private static PieceStep Metaspace(JsonPart part)
    {
        var (replacement, scheme) = MetaspaceFields(part);
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
        part.AllowFields("type", "add_prefix_space", "trim_offsets", "use_regex");
        var space = part["add_prefix_space"].FlagOr(true) ? new TextNormalizer(text => text.StartsWith(' ') ? text : " " + text) : null;
        var cutter = part["use_regex"].FlagOr(true) ? new PatternCutter(new TextPattern(TextPattern.Gpt2), MatchedPart.Isolated, invert: false) : null;
        var bytes = new TextNormalizer(ByteLevel.Spell);
        return [new PieceStep(space, space, cutter), new PieceStep(bytes, bytes, null)];
    }

    private static PieceStep Cut(Cutter cutter) => new(null, null, cutter);

    private static KindCutter WhiteSpace() => new(Rune.IsWhiteSpace, MatchedPart.Removed);

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
