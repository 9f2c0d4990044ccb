namespace RnnServe.Training.Kinds.Caption.Metrics;

/// <summary>The parts that <see cref="PtbRules"/> are made of, as regular expressions.</summary>
/// <remarks>Sets of characters do tell capitals, words in <c>(?i:)</c> do not: the tokeniser's own rules are as mixed.</remarks>
internal static class PtbPatterns
{
    public const string Digit = @"\p{Nd}";
    public const string Blank = @"[ \t\u00A0\u2000-\u200A\u3000]";
    public const string Gap = @"[ \t\u00A0\u2000-\u200A\u3000\r\n\u000B\u000C\u0085\u2028\u2029]";

    /// <summary>Letters, signs that belong to them, the soft hyphen, and letters as entities.</summary>
    public const string Letter = @"(?:[" + LetterSet + @"]|&[aeiouAEIOU](?i:acute|grave|uml);)";
    public const string LetterOrDigit = @"(?:[" + LetterSet + @"\p{Nd}]|&[aeiouAEIOU](?i:acute|grave|uml);)";
    public const string Word = $@"{Letter}{LetterOrDigit}*(?:[.!?]{Letter}{LetterOrDigit}*)*";

    public const string Apostrophe = @"(?:['\u0092\u2019]|(?i:&apos;))";
    public const string AnyApostrophe = @"(?:['\u0092\u2019`\u0091\u2018\u201B]|(?i:&apos;))";
    public const string Clitic = $"{Apostrophe}(?:[msdMSD]|(?i:re|ve|ll))";
    public const string Not = $"(?i:n){AnyApostrophe}(?i:t)";

    public const string Number = $@"(?:{Digit}*(?:[.:,\u00AD\u066B\u066C]{Digit}+)+|{Digit}+)";

    /// <summary>Initials with points between them.</summary>
    public const string Initials = @"[A-Za-z](?:\.[A-Za-z])";
    public const string Countries = @"(?i:(?:Canada|Sino|Korean|EU|Japan|non)-U\.S|U\.S\.-(?:U\.K|U\.S\.S\.R))";

    public const string Name = "[A-Za-z][A-Za-z0-9_:.-]*";
    public const string Tag = $"""<(?:[!?][A-Za-z-][^>\r\n]*|{Name}(?: +{Name}(?: *= *(?:'[^'\n]*'|"[^"\n]*"))?)* */?|/{Name}) *>""";

    /// <summary>Months, days, states, companies: often the last word of a sentence. Some are other words unless capitalised.</summary>
    public const string ClosingAbbreviation =
        @"(?:(?i:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thu(?:rs)?|fri"
        + @"|ala|ariz|calif|colo|conn|ct|dak|fla|ga|ind|kans?|ky|md|mich|minn|mo|mont|neb|nev|okla|penn|tenn|va|vt|wisc?|wyo"
        + @"|inc|cos?|corp|pp?t(?-i:[ye])s?|ltd|plc|rt|bancorp|bhd|assn|univ|intl|sys|tel|est|ext|sq|jr|sr|bros"
        + @"|(?:ed|ph)\.d|blvd|rd|esq|etc|al|seq|bldg)"
        + @"|A(?i:z|rk)|D(?i:el)|I(?i:ll)|L(?i:a)|M(?i:ass|iss)|O(?i:re)|P(?i:a)|T(?i:ex)|W(?i:ash))\.";

    /// <summary>Titles and their like: another word follows.</summary>
    public const string LeadingAbbreviation =
        @"(?i:mr|mrs|ms|drs?|profs?|sens?|reps?|attys?|lt|col|gen|messrs|govs?|adm|rev|maj|sgt|cpl|pvt|capt|ste?|ave|pres|lieut|hon|brig"
        + @"|co?mdr|pfc|spc|supts?|det|mt|ft|adj|adv|asst|assoc|ens|insp|mlle|mme|msgr|sfc|vs|alex|wm|jos|cie|a\.k\.a|cf|treas|ph"
        + @"|invt|elec|natl|m(?-i:[ft])g|dept)\.";

    /// <summary>Keep their point before a number.</summary>
    public const string NumberAbbreviation = @"(?i:ca|figs?|prop|nos?|art|bldg|pp|op)\.";

    /// <summary>Words that begin a sentence: a single initial before one of them ends the last sentence.</summary>
    public const string SentenceStart =
        @"(?:A(?i:bout|ccording|dditionally|fter|n|s|t)?|B(?i:ut)|E(?i:arlier)|H(?i:ere?|e|owever)|I(?i:f|n|t)|L(?i:ast)"
        + @"|M(?i:any|ore|r\.|s\.)|N(?i:ow)"
        + @"|O(?i:nce|ne|ther|ur)|S(?i:he|ince|ome|o|uch)|T(?i:hat|heir|hen|here|hese|hey|he|his)"
        + @"|W(?i:e|hen|hile|hat)|Y(?i:et|ou)|" + Tag + ")";

    public const string Phone =
        @"(?:(?:\([0-9]{2,3}\)[ \u00A0]?|(?:\+\+?)?(?:[0-9]{2,4}[- \u00A0])?[0-9]{2,4}[- \u00A0])[0-9]{3,4}[- \u00A0]?[0-9]{3,5}"
        + @"|(?:(?:\+\+?)?[0-9]{2,4}\.)?[0-9]{2,4}\.[0-9]{3,4}\.[0-9]{3,5})";

    /// <summary>Words with hyphens, which may have points and commas before the hyphen.</summary>
    public const string Hyphenated = $@"[A-Za-z0-9][A-Za-z0-9.,\u00AD]*(?:-(?:{Initials}+\.|{Countries}\.|[A-Za-z0-9\u00AD]+))+";

    /// <summary>Words with hyphens, in any letters.</summary>
    public const string Thing = $@"{ThingPart}(?:[-_\u058A\u2010\u2011]{ThingPart})*";
    public const string Firm = "[A-Z]+(?:(?:(?i:&amp;)|[+&])[A-Z]+)+";
    public const string FileEnding =
        "(?i:bat|bmp|class|cgi|cpp|c|dll|docx?|exe|gif|gz|html?|h|jar|java|jpe?g|mov|mp3"
        + "|pdf|php|pl|png|ppt|ps|py|sql|tar|txt|wav|xml|x|zip)";

    private const string Www = """(?i:www)\.(?:[^ \t\n\f\r"<>|.!?(){},]+\.)""";
    private const string Domain = """(?:[^ \t\n\f\r"`'<>|.!?(){},-_$]+\.)""";
    private const string SitePath = """/[^ \t\n\f\r"<>|()]+[^ \t\n\f\r"<>|.!?(){},-]""";
    private const string ThingPart = $@"(?:[dDoOlL]{AnyApostrophe}[\p{{L}}\p{{Nd}}])?[\p{{L}}\p{{Nd}}]+";

    public const string Symbol =
        @"[+%&~^|\\\u00A6-\u00A9\u00AC\u00AE-\u00B4\u00B5-\u00BA\u00D7\u00F7\u0387\u05BE\u05C0\u05C3"
        + @"\u05C6\u05F3\u05F4\u0600-\u0603\u0606-\u060A\u060C\u0614\u061B\u061E"
        + @"\u066A\u066D\u0703-\u070D\u07F6-\u07F8\u0964\u0965\u0E4F\u1FBD\u2016\u2017\u2020-\u2023\u2030-\u2038\u203B\u203E-\u2042\u2044"
        + @"\u207A-\u207F\u208A-\u208E\u2100-\u214F\u2190-\u2BFF\u3012\u30FB\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]";

    private const string LetterSet = @"\p{L}\p{Mn}\p{Mc}\u00AD\u02C2-\u02C5\u02D2-\u02FF\u0375\u0384\u0385\u03F6\u055A-\u055F\u070F";

    /// <summary>Words with an apostrophe at the start, within or at the end.</summary>
    public static IReadOnlyList<string> ApostropheWords =>
    [
        $"{Apostrophe}(?i:n){Apostrophe}?",
        $"[lLdDjJ]{Apostrophe}|(?i:dunkin|somethin|ol){Apostrophe}|{Apostrophe}(?i:em|till?|cause|[2-9]0s)",
        $@"[A-HJ-XZn]{AnyApostrophe}\p{{L}}{{2,}}",
        $@"\p{{L}}+[aeiouyAEIOUY]{AnyApostrophe}[aeiouA-Z]\p{{L}}*",
        $@"(?i:cont'd\.?|'twas|nor'easter|c'mon|e'er|s'mores|ev'ry|li'l|nat'l)|(?i:o){AnyApostrophe}(?i:o)",
    ];

    /// <summary>Addresses without their scheme: the shortest site with a path, and the longest one without.</summary>
    public static IReadOnlyList<string> Sites =>
    [
        $"{Www}+?[a-zA-Z]{{2,4}}{SitePath}",
        $"{Www}+[a-zA-Z]{{2,4}}",
        $"{Domain}+?(?i:com|net|org|edu){SitePath}",
        $"{Domain}+(?i:com|net|org|edu)",
    ];
}
