using RnnServe.Inference.Text;

namespace RnnServe.Inference.Search;

/// <summary>A further answer.</summary>
/// <param name="Text">The text.</param>
/// <param name="Score">Length-normalised natural-log probability.</param>
/// <param name="Confidence">exp of the mean log-probability of its tokens, in (0, 1].</param>
public sealed record Alternative(string Text, double Score, double Confidence);

/// <summary>One target token.</summary>
/// <param name="Text">As it stands in the vocabulary, without the U+2581 of a word's start unless the token is that alone.</param>
/// <param name="LogProb">Natural-log probability given what precedes it.</param>
public sealed record OutputToken(string Text, float LogProb);

/// <summary>What the answers of every task are made of.</summary>
internal static class Answers
{
    /// <summary>exp of the mean log-probability of all tokens; 1 where there is none.</summary>
    public static double Confidence(params IReadOnlyList<Hypothesis> hypotheses)
    {
        int tokens = hypotheses.Sum(h => h.Tokens.Length);
        return tokens == 0 ? 1 : Math.Exp(hypotheses.Sum(h => h.LogProb) / tokens);
    }

    /// <summary>Different tokens may be the same text; it is returned once.</summary>
    public static IReadOnlyList<Alternative> Distinct(string best, IEnumerable<Alternative> others)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { best };
        return [.. others.Where(other => seen.Add(other.Text))];
    }

    /// <summary>The tokens of hypotheses, one after the other.</summary>
    public static IReadOnlyList<OutputToken> Tokens(Tokenizer tokenizer, params IReadOnlyList<Hypothesis> hypotheses) =>
        [.. hypotheses.SelectMany(h => h.Tokens.Zip(h.LogProbs, (token, logProb) => new OutputToken(Shown(tokenizer, token), logProb)))];

    /// <summary>People read "Hund", not "\u2581Hund": the mark of a word's start goes, unless it is all there is.</summary>
    public static string Shown(Tokenizer tokenizer, int token) =>
        tokenizer.TokenText(token) is ['\u2581', _, ..] marked ? marked[1..] : tokenizer.TokenText(token);
}
