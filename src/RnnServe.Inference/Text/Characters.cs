using System.Globalization;
using System.Text;

namespace RnnServe.Inference.Text;

/// <summary>Kinds of characters, as Hugging Face's library has them.</summary>
internal static class Characters
{
    // Letters in circles and squares, which Unicode counts as symbols and yet as alphabetic.
    private static readonly (int First, int Last)[] AlphabeticSymbols =
        [(0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)];

    private static readonly (int First, int Last)[] Ideographs =
    [
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
        (0x2B920, 0x2CEAF), (0x2F800, 0x2FA1F),
    ];

    // DerivedCoreProperties.txt, Default_Ignorable_Code_Point, and the controls of Latin-1; U+0085 is white space.
    private static readonly (int First, int Last)[] Ignorable =
    [
        (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
        (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ];

    // ASCII signs such as '$' and '+' count, although Unicode calls them symbols.
    public static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? char.IsPunctuation((char)rune.Value) || char.IsSymbol((char)rune.Value)
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    public static bool IsWord(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || rune.Value is 0x200C or 0x200D || IsIn(AlphabeticSymbols, rune);

    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.NonSpacingMark and <= UnicodeCategory.EnclosingMark;

    public static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.Control and <= UnicodeCategory.PrivateUse
        && rune.Value is not ('\t' or '\n' or '\r');

    public static bool IsIdeograph(Rune rune) => rune.Value >= Ideographs[0].First && IsIn(Ideographs, rune);

    /// <summary>White space, and U+2581, which is a blank inside tokens.</summary>
    public static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value == 0x2581;

    /// <summary>Control characters and what Unicode calls default ignorable: soft hyphens, joiners, marks of direction, variants.</summary>
    public static bool IsInvisible(Rune rune) =>
        rune.Value >= 0x7F ? IsIn(Ignorable, rune) : Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune);

    private static bool IsIn((int First, int Last)[] ranges, Rune rune) =>
        Array.Exists(ranges, range => rune.Value >= range.First && rune.Value <= range.Last);
}
