using System.ComponentModel.DataAnnotations;
using System.Text;

namespace RnnServe.Inference.Bundles;

/// <summary>A text, or each of a list, must be a word: letters and nothing else, not too many.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WordsAttribute : ValidationAttribute
{
    /// <summary>Most characters of a word.</summary>
    public const int Longest = 64;

    public WordsAttribute() => ErrorMessage = $"1 to {Longest} letters";

    /// <summary>Whether a character is a letter or a mark on one.</summary>
    public static bool IsLetter(Rune rune) => Rune.IsLetter(rune) || Text.Characters.IsMark(rune);

    public override bool IsValid(object? value) => value switch
    {
        null => true,
        string word => word.Length is > 0 and <= Longest && word.EnumerateRunes().All(IsLetter),
        IEnumerable<string> words => words.All(IsValid),
        _ => false,
    };
}
