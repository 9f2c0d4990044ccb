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
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF),
        (0x2F800, 0x2FA1F),
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
        Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.Control and <= UnicodeCategory.PrivateUse && rune.Value is not ('\t' or '\n' or '\r');

    public static bool IsIdeograph(Rune rune) => rune.Value >= Ideographs[0].First && IsIn(Ideographs, rune);

    private static bool IsIn((int First, int Last)[] ranges, Rune rune) =>
        Array.Exists(ranges, range => rune.Value >= range.First && rune.Value <= range.Last);
}
