using System.Text.RegularExpressions;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Kinds.Caption.Metrics;

/// <summary>The form in which captions are learnt: lower case, no punctuation, words apart.</summary>
/// <remarks>Much as the Penn Treebank's tokeniser does it: 's, n't and their like are words of their own; hyphens and apostrophes within a
/// word, and points and commas within a number, stay. Scores count <see cref="CaptionWords"/>, which part from it where captions are odd;
/// this form stays as it is, since the vocabularies of models rest on it.</remarks>
internal static partial class CaptionText
{
    /// <summary>The words of a caption with one space between them. What is normalised already stays as it is.</summary>
    public static string Normalise(string caption)
    {
        string text = LowerCase.Of(caption).Replace('’', '\'');
        return string.Join(' ', Words().Matches(Clitics().Replace(text, " $&")).Select(match => match.Value));
    }

    [GeneratedRegex(@"(?<=\w)(n't|'(s|m|d|re|ve|ll))\b")]
    private static partial Regex Clitics();

    /// <summary>In this order: clitics, abbreviations with points, numbers, words, and the symbols that are spoken as words.</summary>
    [GeneratedRegex(
        @"\bn't\b|'(s|m|d|re|ve|ll)\b|\b(\p{L}\.){2,}|\p{Nd}+([.,:]\p{Nd}+)+|[\p{L}\p{M}\p{N}]+([-'/][\p{L}\p{M}\p{N}]+)*|[&%$#@+=]")]
    private static partial Regex Words();
}
