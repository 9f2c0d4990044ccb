using System.Text;
using System.Text.RegularExpressions;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Puts the Penn Treebank's tokens of English together again, as people write them.</summary>
internal static partial class PennText
{
    private const string NonBreakingSpace = "\u00A0";

    /// <summary>The text of some tokens: "-LRB- It ca n't fail . -RRB-" gives "(It can't fail.)".</summary>
    public static string Join(IEnumerable<string> tokens)
    {
        var text = new StringBuilder();
        string before = "";
        foreach (string token in tokens)
        {
            if (text.Length > 0 && !Opening().IsMatch(before) && !Closing().IsMatch(token) && !OneWord().IsMatch($"{before} {token}"))
                text.Append(' ');
            text.Append(Written(token));
            before = token;
        }

        return text.ToString();
    }

    private static string Written(string token) => token switch
    {
        "-LRB-" => "(",
        "-RRB-" => ")",
        "``" or "''" => "\"",
        "`" => "'",
        _ => token.Replace("\\/", "/", StringComparison.Ordinal).Replace("\\*", "*", StringComparison.Ordinal)
            .Replace(NonBreakingSpace, " ", StringComparison.Ordinal),
    };

    /// <summary>Tokens without a blank behind them.</summary>
    [GeneratedRegex(@"^(-LRB-|``?|[$#])$")]
    private static partial Regex Opening();

    /// <summary>Tokens without a blank before them.</summary>
    [GeneratedRegex(@"^(-RRB-|''?|[.,;:?!%]+|'(s|m|d|re|ve|ll)|n't)$", RegexOptions.IgnoreCase)]
    private static partial Regex Closing();

    /// <summary>Words that the Penn Treebank takes apart although no sign is between them.</summary>
    [GeneratedRegex("^(can not|gon na|wan na|got ta)$", RegexOptions.IgnoreCase)]
    private static partial Regex OneWord();
}
