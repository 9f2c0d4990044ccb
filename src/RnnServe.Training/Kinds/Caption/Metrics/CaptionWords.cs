using System.Text.RegularExpressions;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Kinds.Caption.Metrics;

/// <summary>The words of captions, as coco-caption counts them: the Penn Treebank's tokens in lower case, without punctuation.</summary>
/// <remarks>Source: Chen et al. 2015, "Microsoft COCO Captions" (arXiv:1504.00325), and the published code. Brackets count as words: the
/// code means to drop them, but looks for them in capitals.</remarks>
internal static partial class CaptionWords
{
    private static readonly HashSet<string> Punctuation =
        new(StringComparer.Ordinal) { "''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";" };

    /// <summary>The words of each caption.</summary>
    /// <param name="captions">In the order in which the published code would write them to a file: see <see cref="PtbTokenizer"/>.</param>
    public static IReadOnlyList<string[]> Of(IEnumerable<string> captions) =>
        [.. PtbTokenizer.Split(captions.Select(caption => LineEnds().Replace(caption, " "))).Select(tokens => tokens
            .Select(LowerCase.Of)
            .Where(token => !Punctuation.Contains(token))
            .SelectMany(token => WhiteSpace().Split(token))     // numbers of a telephone are one token with spaces in it
            .Where(word => word.Length > 0)
            .ToArray())];

    [GeneratedRegex(@"[\n\r\u000B\u000C\u2028\u2029]")]
    private static partial Regex LineEnds();

    [GeneratedRegex(@"[\s\u001C-\u001F]+")]
    private static partial Regex WhiteSpace();
}
