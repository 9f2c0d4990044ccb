namespace RnnServe.Training.Kinds.Caption.Metrics;

/// <summary>The Penn Treebank's tokenisation of English, as Stanford CoreNLP 3.4.1 does it, which coco-caption counts words with.</summary>
/// <remarks>Sources: Marcus et al. 1993, "Building a Large Annotated Corpus of English: The Penn Treebank"; Manning et al. 2014, "The
/// Stanford CoreNLP Natural Language Processing Toolkit" (PTBTokenizer with its default options).</remarks>
internal static class PtbTokenizer
{
    /// <summary>The tokens of each line. Lines are read as one text: whether a point belongs to a word may hang on the next line.</summary>
    /// <param name="lines">Without line feeds.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Split(IEnumerable<string> lines)
    {
        string text = string.Join('\n', lines);
        var found = new List<IReadOnlyList<string>>();
        var tokens = new List<string>();
        for (int at = 0; at < text.Length;)
        {
            if (text[at] == '\n')
            {
                found.Add(tokens);
                tokens = [];
                at++;
            }
            else
            {
                at += Read(text, at, tokens);
            }
        }

        found.Add(tokens);
        return found;
    }

    /// <summary>Adds the token at a position, if there is one.</summary>
    /// <returns>Its length; 1 for a character that belongs to none.</returns>
    private static int Read(string text, int at, List<string> tokens)
    {
        if (PtbRules.Blanks.Match(text, at) is { Success: true } blanks)
            return blanks.Length;
        if (PtbRules.PlainWord.Match(text, at) is { Success: true } word)
        {
            tokens.Add(word.Value);
            return word.Length;
        }

        PtbRule? best = null;
        var (seen, token) = (0, "");
        foreach (var rule in PtbRules.All)
        {
            var match = rule.Pattern.Match(text, at);
            if (match.Success && match.Length > seen)
            {
                (best, seen) = (rule, match.Length);
                token = match.Groups["t"] is { Success: true } part ? part.Value : match.Value;
            }
        }

        if (best?.Write is { } write)
            tokens.Add(write(token));
        return Math.Max(1, token.Length);
    }
}
