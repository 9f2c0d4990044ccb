using System.Text;

namespace RnnServe.Tests.Text;

/// <summary>Texts that break tokenizers.</summary>
internal static class NastyStrings
{
    public static readonly IReadOnlyList<string> All =
    [
        "", " ", "  ", "   a", " a", "a ", "a  b", "  two  spaces  ", "\t", "\n", "a\tb\nc\r\nd", "\n leading", "trailing \n",
        "😀", "a😀b 👩‍👩‍👧‍👦 🇩🇪 👍🏽", "日本語のテキスト。次の文！", "中文，标点。", "한국어", "\u1112\u1161\u11ab\u1100\u1173\u11af",
        "e\u0301a\u0308o\u0302", "ñ n\u0303", "q\u0323\u0307 q\u0307\u0323", "\u0301start", " \u0301", "Å Å Å", "Ω Ω", "ﬁ ½ ™",
        "שלום עולם", "مرحبا بالعالم", "สวัสดี", "नमस्ते", "Ελληνικά", "Русский текст",
        "...", "!?!?", "a.b,c;d", "\"quoted\" 'text' (brackets) [more] {yet}", "$5 + 3% = €8 ~ ^x^ `code` <tag> a|b", "--- – — …",
        "don't won't it's", "http://example.com/a?b=c&d=e#f", "user@example.com", "1,234,567.89", "snake_case camelCase UPPER",
        "Straßenbahnhaltestelle Donaudampfschifffahrtsgesellschaftskapitän", "<0x41>", "<0xE2><0x96><0x81>", "<", "<0x", "<<>>",
        "\0", "\u0001\u0002", "\u007f", "\u00a0nbsp\u00a0", "\u200b\u200d\u2060", "\u2028\u2029", "\u3000wide", "\u00ad",
        "a\uD7FFb", "\uE000", "\uFFFD", "\uFFFF", "\U0001F600\U0010FFFF", "\U00020000", "\U0001D15E", "\u0344", "\u0958",
        new string('a', 10_000), new string(' ', 10_000), new string('.', 10_000), new string('日', 10_000),
        string.Concat(Enumerable.Repeat("Ein Mann läuft. ", 625)), string.Concat(Enumerable.Repeat("ab", 5_000)),
        "a" + new string('\u0301', 10_000), string.Concat(Enumerable.Repeat("a\u0323\u0307", 3_000)),
    ];

    /// <summary>Strings of any code points, most of them from those that matter most to tokenizers.</summary>
    public static IEnumerable<string> Random(int seed, int count)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(40); length > 0; length--)
                text.Append(Character(random));
            yield return text.ToString();
        }
    }

    private static string Character(Random random)
    {
        const string Frequent = "  aeinrstAEäöüß.,!?-'\"\t\n";
        var point = random.Next(7) switch
        {
            0 or 1 => Frequent[random.Next(Frequent.Length)],
            2 => random.Next(0x80),
            3 => random.Next(0x300, 0x370),
            4 => random.Next(0x600),
            _ => Block(random),
        };
        // U+2581 stands for a space, and has its own test.
        return point == 0x2581 ? "x" : char.ConvertFromUtf32(point);
    }

    // Blocks that the judge's Unicode tables, which are older than .NET's, know in full: letters, signs, ideographs, syllables, private use.
    private static int Block(Random random) => random.Next(10) switch
    {
        0 => random.Next(0x1E00, 0x2000),
        1 or 2 => random.Next(0x2000, 0x2B00),
        3 => random.Next(0x3000, 0x3100),
        4 => random.Next(0x4E00, 0x9FA6),
        5 => random.Next(0xAC00, 0xD7A4),
        6 => random.Next(0xE000, 0xF900),
        7 => random.Next(0xFE70, 0x10000),
        8 => random.Next(0x1D400, 0x1D800),
        _ => random.Next(2) == 0 ? random.Next(0x1F300, 0x1F600) : random.Next(0x20000, 0x2A6D7),
    };
}
