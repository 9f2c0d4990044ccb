using System.Text.RegularExpressions;
using static RnnServe.Training.Kinds.Caption.Metrics.PtbPatterns;

namespace RnnServe.Training.Kinds.Caption.Metrics;

/// <summary>One kind of token.</summary>
/// <param name="Pattern">Matches at a position; the group <c>t</c> is the token where what follows it is looked at too.</param>
/// <param name="Write">The token as it is written; null where it is not.</param>
internal sealed record PtbRule(Regex Pattern, Func<string, string>? Write);

/// <summary>The tokens of <see cref="PtbTokenizer"/>. Of the rules that match, that which sees most decides, of equals the first.</summary>
internal static class PtbRules
{
    /// <summary>What lies between tokens. Other blanks than these two can begin an address.</summary>
    public static readonly Regex Blanks = Compile($@"[ \t]{Blank}*");

    /// <summary>A word of letters before a blank: no other rule sees more. Nearly all words are such; it is ten times as fast.</summary>
    public static readonly Regex PlainWord = Compile("(?!(?i:cannot|gonna|wanna|gotta|lemme|gimme) )[A-Za-z]+(?= )");

    public static readonly IReadOnlyList<PtbRule> All =
    [
        // Words of two, and clitics.
        Rule(@"(?i:c\+\+|[cf]#)"),
        Rule("(?i:(?<t>can)not|(?<t>'t)(?:was|is)|(?<t>gon|wan)na|(?<t>got)ta|(?<t>lem|gim)me)"),
        Rule(Tag),
        Rule(@"&(?i:md|mdash|ndash);|[\u0096\u0097\u2013-\u2015]", _ => "--"),
        Rule("(?i:&amp;)", Ampersand),
        Rule("&(?i:HT|TL|UR|LR|QC|QL|QR|odq|cdq|#[0-9]+);"),
        Rule($"(?<t>{Word}){Clitic}", Soft),
        Rule($@"(?<t>[A-Za-z\u00AD]*[A-MO-Za-mo-z]\u00AD*){Not}", Soft),
        Rule(Word, Soft),
        .. ApostropheWords.Select(pattern => Rule(pattern)),
        Rule($@"(?<t>(?i:y){Apostrophe})\p{{L}}"),

        // Addresses.
        Rule("""(?i:https?)://[^ \t\n\f\r"<>|(){}]+[^ \t\n\f\r"<>|.!?(){},-]"""),
        .. Sites.Select(pattern => Rule(pattern)),
        Rule("""(?:(?i:&lt;)|<)?[a-zA-Z0-9][^ \t\n\f\r"<>|()\u00A0{}]*@"""
            + """(?:[^ \t\n\f\r"<>|(){}.\u00A0]+\.)*[^ \t\n\f\r"<>|(){}.\u00A0]+(?:(?i:&gt;)|>)?"""),
        Rule($"@[a-zA-Z_][a-zA-Z_0-9]*|#{Letter}+"),

        // What follows a word, and numbers.
        Rule($"(?<t>{Clitic}|{Not})[^A-Za-z]", Quotes),
        Rule($"{Digit}{{1,2}}[-/]{Digit}{{1,2}}[-/]{Digit}{{2,4}}"),
        Rule($"[-+]?{Number}", Soft),
        Rule(@"[\u207A\u207B\u208A\u208B]?(?:[\u2070\u00B9\u00B2\u00B3\u2074-\u2079]+|[\u2080-\u2089]+)"),
        Rule($@"(?:{Digit}{{1,4}}[- \u00A0])?{Digit}{{1,4}}(?:\\?/|\u2044){Digit}{{1,4}}"),
        Rule(@"[\u00BC-\u00BE\u2153-\u215E]", Fraction),
        Rule($@"-(?i:RRB|LRB|RCB|LCB|RSB|LSB)-|(?i:C\.D\.s|pro-|anti-|S(?:&amp;|&)P-500|S(?:&amp;|&)Ls)"
            + $@"|(?i:cap){Apostrophe}(?i:n)|(?i:c){Apostrophe}(?i:est)", Ampersand),
        Rule(@"[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}(?:\\?/[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}){1,2}"),
        Rule(@"[A-Z]*\$|#"),
        Rule(@"[\u00A2-\u00A5\u0080\u20A0\u20AC\u060B\u0E3F\u20A4\uFFE0\uFFE1\uFFE5\uFFE6]", Currency),

        // Abbreviations.
        Rule($@"(?<t>[A-Za-z])\.{Gap}+{SentenceStart}{Gap}"),
        Rule($"(?<t>{NumberAbbreviation}){Gap}?{Digit}"),
        Rule($@"(?<t>(?i:pt[eyEY]|co)\.){Blank}(?i:ltd|lim)"),
        Rule($@"(?<t>{ClosingAbbreviation})[\s\S]{{0,2}}"),
        Rule(LeadingAbbreviation),
        Rule($@"{Initials}*\.|{Countries}\."),
        Rule($"(?<t>{Countries}){Gap}"),
        Rule($"(?<t>{Apostrophe}[0-9][0-9]){Gap}"),
        Rule($@"(?<t>{LetterOrDigit}+(?:\.{LetterOrDigit}+)*\.{FileEnding})(?:{Gap}|[.?!,])"),
        Rule($@"(?<t>{Word}\.)[,;:\u3001]", Soft),
        Rule(Phone, Brackets),

        // Quotes, smileys, brackets and other signs.
        Rule("(?i:\"|&quot;)", Quotes),
        Rule("<|(?i:&lt;)", _ => "<"),
        Rule(">|(?i:&gt;)", _ => ">"),
        Rule(@"(?<t>[<>]?[:;=][-o*']?[()DPdpO\\{@|\[\]])[^A-Za-z0-9]", Brackets),
        Rule(@"[-^x=~<>']_[-^x=~<>']|\([-^x=~<>'][_.]?[-^x=~<>']\)|\([\^x=~<>']-[\^x=~<>'`]\)", Brackets),
        Rule(@"[()]", Brackets),
        Rule(@"\{", _ => "-LCB-"),
        Rule(@"\}", _ => "-RCB-"),
        Rule(@"\[", _ => "-LSB-"),
        Rule(@"\]", _ => "-RSB-"),
        Rule("-+", hyphens => hyphens.Length is 3 or 4 ? "--" : hyphens),
        Rule(@"\.{3,5}|(?:\.[ \u00A0]){2,4}\.|[\u0085\u2026]", _ => "..."),
        Rule(@"@+|#+|_+|\*+|(?:\\\*){1,3}"),
        Rule(@"[,;:\u3001]|[?!]+|[.\u00A1\u00BF\u037E\u0589\u061F\u06D4\u0700-\u0702\u07FA\u3002]|[=/]"),

        // Words with hyphens and of other characters.
        Rule($@"(?<t>{Hyphenated}\.)[,;:\u3001]", Soft),
        Rule(Hyphenated, Soft),
        Rule($"(?<t>{Thing}\\.)[,;:\\u3001]"),
        Rule(Thing),
        Rule($@"(?<t>{Firm}\.)[,;:\u3001]", Ampersand),
        Rule(Firm, Ampersand),
        Rule(@"(?<t>')[A-Za-z][^ \t\n\r\u00A0]"),
        Rule($"{Clitic}|{Not}", Quotes),
        Rule($@"''|[`\u2018\u2019\u201A-\u201F\u0091-\u0094\u2039\u203A\u00AB\u00BB]{{1,2}}|{Apostrophe}", Quotes),
        Rule("<<|>>"),
        Rule(Symbol),
        new(Compile("(?i:&nbsp;)"), null),
    ];

    private static PtbRule Rule(string pattern, Func<string, string>? write = null) => new(Compile(pattern), write ?? (token => token));

    private static Regex Compile(string pattern) => new($@"\G(?:{pattern})", RegexOptions.CultureInvariant);

    /// <summary>Soft hyphens only say where a line may end.</summary>
    private static string Soft(string token) => token.Replace("\u00AD", "", StringComparison.Ordinal);

    private static string Ampersand(string token) => token.Replace("&amp;", "&", StringComparison.OrdinalIgnoreCase);

    private static string Brackets(string token) =>
        token.Replace("(", "-LRB-", StringComparison.Ordinal).Replace(")", "-RRB-", StringComparison.Ordinal);

    private static string Quotes(string token) => token.Replace("&apos;", "'", StringComparison.Ordinal)
        .Replace("&quot;", "''", StringComparison.Ordinal).Replace("\"", "''", StringComparison.Ordinal)
        .Each("\u0091\u2018\u201B\u2039", "`").Each("\u0092\u2019\u203A", "'")
        .Each("\u0093\u201C\u00AB", "``").Each("\u0094\u201D\u00BB", "''");

    private static string Currency(string sign) => sign switch
    {
        "\u00A2" => "cents",
        "\u00A3" => "#",
        "\u0080" or "\u00A4" or "\u20A0" or "\u20AC" => "$",
        _ => sign,
    };

    private static string Fraction(string sign) => sign switch
    {
        "\u00BC" => "1/4",
        "\u00BD" => "1/2",
        "\u00BE" => "3/4",
        "\u2153" => "1/3",
        "\u2154" => "2/3",
        _ => sign,
    };

    private static string Each(this string text, string characters, string replacement) =>
        string.Concat(text.Select(c => characters.Contains(c, StringComparison.Ordinal) ? replacement : c.ToString()));
}
