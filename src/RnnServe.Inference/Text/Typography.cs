using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>Typographic marks and the keys of a keyboard that stand for them, which corpora mostly hold instead.</summary>
/// <param name="own">Marks that texts in the language are printed with: they stay where the model knows them.</param>
internal sealed class Typography(string own)
{
    private static readonly (string Ascii, string Marks)[] Keys =
    [
        ("'", "\u2018\u2019\u201A\u201B\u2032\u2035\u2039\u203A\u02B9\u02BB\u02BC\u02BD\u02C8\u00B4`\uFF07"),
        ("\"", "\u201C\u201D\u201E\u201F\u2033\u2036\u00AB\u00BB\u02BA\u02DD\u301D\u301E\u301F\uFF02"),
        ("-", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u02D7\uFE58\uFE63\uFF0D"),
        ("/", "\u2044\u2215"),
        ("...", "\u2026"),
    ];

    private static readonly Dictionary<string, string> Known =
        Keys.SelectMany(key => key.Marks, (key, mark) => (Mark: $"{mark}", key.Ascii)).ToDictionary(pair => pair.Mark, pair => pair.Ascii);

    /// <summary>The conventions of a language.</summary>
    /// <param name="code">BCP 47.</param>
    public static Typography OfLanguage(string code) => new(code.Split('-')[0].ToLowerInvariant() switch
    {
        "en" => "",
        "de" => "„“‚–",
        _ => string.Concat(Keys.Select(key => key.Marks)),
    });

    /// <summary>What a mark is written as; null for what stays and for what is no mark.</summary>
    /// <param name="mark">A character.</param>
    /// <param name="alphabet">What the model knows.</param>
    public string? Ascii(string mark, HashSet<Rune> alphabet)
    {
        if (!Known.TryGetValue(mark, out string? ascii))
            return null;
        if (own.Contains(mark, StringComparison.Ordinal) && alphabet.Contains(new Rune(mark[0])))
            return null;
        return alphabet.Contains(new Rune(ascii[0])) ? ascii : null;
    }
}
