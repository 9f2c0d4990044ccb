using System.Text.RegularExpressions;

namespace RnnServe.Training.Metrics;

/// <summary>The tokenisation of WMT's mteval-v13a, sacreBLEU's default: scores are comparable only with the same tokenisation.</summary>
/// <remarks>Source: Post 2018, "A Call for Clarity in Reporting BLEU Scores" (arXiv:1804.08771), and mteval-v13a.pl.</remarks>
internal static partial class Tokenizer13a
{
    /// <summary>The words of a sentence, punctuation split off.</summary>
    public static string[] Split(string sentence)
    {
        string text = sentence.Replace("<skipped>", "", StringComparison.Ordinal);
        if (text.Contains('&', StringComparison.Ordinal))
        {
            text = text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
                .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        }

        text = Symbols().Replace($" {text} ", " $1 ");
        text = PointAfterNonDigit().Replace(text, "$1 $2 ");
        text = PointBeforeNonDigit().Replace(text, " $1 $2");
        text = HyphenAfterDigit().Replace(text, "$1 $2 ");
        return WhiteSpace().Split(text.Trim()).Where(word => word.Length > 0).ToArray();
    }

    [GeneratedRegex(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])")]
    private static partial Regex Symbols();

    [GeneratedRegex(@"([^0-9])([\.,])")]
    private static partial Regex PointAfterNonDigit();

    [GeneratedRegex(@"([\.,])([^0-9])")]
    private static partial Regex PointBeforeNonDigit();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex HyphenAfterDigit();

    /// <summary>White space as Python's str.split has it: Unicode's, and the four separators U+001C to U+001F.</summary>
    [GeneratedRegex(@"[\s\u001c-\u001f]+")]
    private static partial Regex WhiteSpace();
}
