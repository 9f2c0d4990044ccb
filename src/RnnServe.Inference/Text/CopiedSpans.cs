using System.Buffers;
using System.Text.RegularExpressions;

namespace RnnServe.Inference.Text;

/// <summary>Finds what a translation copies: addresses, names of variables, tags, numbers.</summary>
/// <remarks>
/// The time is linear: a pattern can only begin where no earlier attempt has read on, or reads a bounded number of characters. A number
/// that is glued to letters (1st, A4, COVID-19) is part of a word, and so is an ordinal one of German (19. Mai), as other languages write
/// another word for it.
/// </remarks>
internal static partial class CopiedSpans
{
    private const string Letter = @"A-Za-z0-9\u00C0-\u024F";        // of a domain; other scripts have no blanks before and after it
    private const string Label = $@"[{Letter}](?>[{Letter}-]{{0,62}})";
    private const string Ends = @"(?![\p{L}\p{M}\p{N}_])";

    // A bracket belongs to an address only with its other half; the marks at its end are the sentence's.
    private const string Unread = @"\s<>(){}""“”„«»'‘’‚。，、！？；：（）「」『』【】《》\uE000-\uE00F";
    private const string Bracketed = $@"\([^{Unread}]*\)|\{{[^{Unread}]{{1,64}}\}}";
    private const string Rest = $@"(?:{Bracketed}|[^{Unread}])*(?:{Bracketed}|[^{Unread}.,!?;:…*_|\[\]])";

    private const string Url = $@"(?<![A-Za-z0-9])(?i:https?://|ftp://|www\.(?=[{Letter}])){Rest}";

    private const string Mail =
        $@"(?<![A-Za-z0-9._%+-])(?i:mailto:)?[A-Za-z0-9](?>[A-Za-z0-9._%+-]{{0,63}})@(?:{Label}\.){{1,8}}[A-Za-z]{{2,24}}";

    // Endings that are words as well (it, in, no, at) would be found where somebody forgot the blank after a full stop.
    private const string TopLevels =
        "com|org|net|edu|gov|mil|info|biz|io|ai|dev|app|co|tv|eu|de|ch|uk|fr|nl|pl|cz|se|dk|fi|ru|jp|cn|br|ca|au|nz|ie|pt|gr|tr|kr|xyz";

    private const string Domain =
        $@"(?<![{Letter}_.@/-])(?:{Label}\.){{1,8}}(?:(?:{TopLevels}|COM|ORG|NET|DE)(?![{Letter}_@-])(?!\.[{Letter}])(?:/{Rest}|/)?"
        + $@"|[a-z]{{2,24}}/{Rest})";

    private const string Variable = @"[$#%]?(?:\{\{[^{}\r\n]{1,64}\}\}|\{[^\s{}]{1,64}\})";

    // "5% discount" and "a 100 %ige Chance" have no printf form.
    private const string Printf =
        @"(?<!\d)%(?:\([A-Za-z0-9_]{1,64}\)[sdiufxX]|\d{1,2}\$[-+0#]{0,3}\d{0,3}(?:\.\d{1,3})?[sdiufxX@]|\d{0,3}\.\d{1,3}[feg]|@"
        + $@"|[-+0#]{{0,3}}\d{{0,3}}(?:l|ll|z)?[sdiufxXc]{Ends})";

    private const string Tag =
        @"</?[A-Za-z][A-Za-z0-9_:-]{0,63}(?>(?:\s+[A-Za-z_:@][A-Za-z0-9_:.-]*\s*=\s*(?:""[^""<>]*""|'[^'<>]*'|[^\s""'<>=]+))*)\s*/?>";

    private const string Entity = "&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});";

    private const string Handle = $@"(?<![\w.@/])@\w+(?:\.\w+)*(?:@{Label}(?:\.{Label}){{1,8}})?";

    private const string Hashtag = @"(?<![\w&#/])#\w+";

    private const string Currency = "[$€£¥₹₽]";

    private const string Units =
        "%|‰|°[CF]?|" + Currency + "|km/h|kmh|mph|[kcdmµμn]?m[²³]?|[kmµμ]?g|[mcd]?[lL]|t|lbs?|oz|ft|h|min|ms|[kMGT]?Hz|[kMG]?Wh?|"
        + "[mk]?V|m?Ah?|[kKMGT]i?B|[kMG]bit/s|px|dpi|fps|dB";

    private const string Digits =
        @"(?>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z?)?(?!\d)|"
        + @"\d{1,3}(?:['’\u00A0\u202F]\d{3}){1,5}(?!\d)(?:[.,]\d+)?|\d+(?:[.,:/x×]\d+)*)";

    private const string Number =
        @"(?<![\p{L}\p{M}\p{N}_])(?<!\p{N}[.,:/x×])(?<!\p{L}[.,-])(?:(?<![^\s(\[""'“„])[-+−±])?"
        + $@"{Currency}?(?!\d{{1,3}}\.(?:\s{{1,4}}\p{{L}}|[-–,])){Digits}(?:{Units})?{Ends}";

    private static readonly SearchValues<char> Hints =
        SearchValues.Create([.. "0123456789.@#%{<&/", .. Placeholders.Characters(Placeholders.Most)]);

    /// <summary>The spans from left to right; none overlaps another.</summary>
    /// <param name="text">A sentence or more.</param>
    public static IReadOnlyList<(int Start, int Length)> Find(string text)
    {
        // Most sentences have none: their only hint is the full stop.
        if (!text.AsSpan().TrimEnd('.').ContainsAny(Hints))
            return [];
        var spans = new List<(int, int)>();
        foreach (var match in Pattern().EnumerateMatches(text))
            spans.Add((match.Index, match.Length));
        return spans;
    }

    [GeneratedRegex(
        $@"{Url}|{Mail}|{Domain}|{Variable}|{Printf}|{Tag}|{Entity}|{Handle}|{Hashtag}|{Number}|[\uE000-\uE00F]",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
