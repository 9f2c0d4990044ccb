using System.Globalization;
using System.Text;

namespace RnnServe.Training.Metrics;

/// <summary>Unicode's full lower case, as Python and Java have it; .NET's maps each character for itself.</summary>
/// <remarks>Source: The Unicode Standard, section 3.13, "Default Case Algorithms", and SpecialCasing.txt: what needs no language.</remarks>
internal static class LowerCase
{
    private const char FinalSigma = '\u03C2', CapitalSigma = '\u03A3', CapitalIWithDot = '\u0130';

    /// <summary>Lower-cases a text: İ becomes i with a dot of its own, and a Σ that ends a word becomes ς.</summary>
    public static string Of(string text)
    {
        string plain = text.ToLowerInvariant();
        if (!text.AsSpan().ContainsAny(CapitalSigma, CapitalIWithDot))
            return plain;

        // Characters and their simple lower case take as many code units: positions agree.
        var lower = new StringBuilder(plain.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == CapitalIWithDot)
                lower.Append("i\u0307");
            else if (text[i] == CapitalSigma && IsFinal(text, i))
                lower.Append(FinalSigma);
            else
                lower.Append(plain[i]);
        }

        return lower.ToString();
    }

    /// <summary>Whether a cased letter comes before, and none after, apart from characters that case ignores.</summary>
    private static bool IsFinal(string text, int at) =>
        IsCased(text[..at].EnumerateRunes().Reverse().SkipWhile(IsIgnorable).FirstOrDefault())
        && !IsCased(text[(at + 1)..].EnumerateRunes().SkipWhile(IsIgnorable).FirstOrDefault());

    private static bool IsIgnorable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A".EnumerateRunes().Contains(rune);

    // Letters that are ignorable too are not asked about; the ranges are signs that have a case.
    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
}
