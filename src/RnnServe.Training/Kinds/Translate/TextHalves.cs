using System.Text.RegularExpressions;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Cuts a text that is too long for a server, between two sentences if there are any.</summary>
/// <remarks>What a sentence is the server decides; a cut that it would not make itself can cost words. So the surest places come first: a
/// line break, a stop behind a word that is no abbreviation and before a capital, any stop before white space.</remarks>
internal static partial class TextHalves
{
    /// <summary>Two parts that are not blank, and what is between them; joined they are the text.</summary>
    /// <param name="text">Of three characters or more, with no white space around it.</param>
    public static (string First, string Space, string Second) Of(string text)
    {
        foreach (var place in new[] { LineBreak(), SureStop(), Stop(), Gap() })
        {
            // In the middle half, so that a long text does not lose a sentence at a time.
            if (place.Matches(text).MinBy(FromMiddle) is { } match && FromMiddle(match) <= text.Length / 2)
                return (text[..match.Index], match.Value, text[(match.Index + match.Length)..]);
        }

        int middle = (text.Length / 2) + (char.IsLowSurrogate(text[text.Length / 2]) ? 1 : 0);
        return (text[..middle], "", text[middle..]);

        int FromMiddle(Match match) => Math.Abs((2 * match.Index) + match.Length - text.Length);
    }

    [GeneratedRegex(@"\s*[\n\r\v\f\u0085\u2028\u2029]\s*")]
    private static partial Regex LineBreak();

    [GeneratedRegex(@"(?<=\p{Ll}{4}[.!?…]+[\p{Pe}\p{Pf}\p{Pi}""']*)\s+(?=[\p{Ps}\p{Pi}\p{Pf}""']*\p{Lu})")]
    private static partial Regex SureStop();

    [GeneratedRegex(@"(?<=[.!?…][\p{Pe}\p{Pf}\p{Pi}""']*)\s+|(?<=[。！？｡．])\s*(?=\S)")]
    private static partial Regex Stop();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Gap();
}
