using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Inference.Text;

/// <summary>A step that rewrites a text.</summary>
internal sealed class TextNormalizer(Func<string, string> rewrite) : Normalizer
{
    public override string Normalize(string original) => rewrite(original);

    public override string Normalize(ReadOnlySpan<char> original) => rewrite(original.ToString());

    /// <summary>Character by character, as the Rust library does it. U+0130 is the one character that becomes two.</summary>
    public static string Lowercase(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Drops characters of a kind.</summary>
    public static string Drop(string text, Func<Rune, bool> kind) =>
        Rewrite(text, (rune, result) => result.Append(kind(rune) ? "" : rune.ToString()));

    /// <summary>BERT's: drops control characters, makes all white space spaces, sets ideographs apart, drops accents,
    /// lower-cases.</summary>
    public static string Bert(string text, bool clean, bool ideographs, bool accents, bool lowercase)
    {
        if (clean)
            text = Rewrite(Drop(text, rune => rune.Value is 0 or 0xFFFD || Characters.IsControl(rune)), (rune, result) =>
                result.Append(Rune.IsWhiteSpace(rune) ? " " : rune.ToString()));
        if (ideographs)
            text = Rewrite(text, (rune, result) => result.Append(Characters.IsIdeograph(rune) ? $" {rune} " : rune.ToString()));
        if (accents)
            text = Drop(CanonicalComposition.Decompose(text), rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark);
        return lowercase ? Lowercase(text) : text;
    }

    private static string Rewrite(string text, Action<Rune, StringBuilder> write)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            write(rune, result);
        return result.ToString();
    }
}
