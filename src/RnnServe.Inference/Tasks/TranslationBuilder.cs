using RnnServe.Inference.Batching;
using RnnServe.Inference.Decoding;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Tasks;

/// <summary>Puts the decoded sentences of a text together again.</summary>
internal sealed class TranslationBuilder(Tokenizer source, Tokenizer target, TranslationOptions options)
{
    /// <param name="text">The text's parts.</param>
    /// <param name="decoded">Its sentences' results, in order.</param>
    public Translation Build(SourceText text, IReadOnlyList<DecodedSentence> decoded)
    {
        var combinations = Combine([.. decoded.Select(d => d.Hypotheses)], options.Alternatives + 1);
        var best = combinations[0];
        string joined = Join(text, best);
        return new Translation
        {
            Text = joined,
            Score = Score(best),
            Confidence = Confidence(best),
            Truncated = best.Any(h => h.Truncated),
            Alternatives = Alternatives(text, joined, combinations),
            Tokens = options.Tokens ? [.. best.SelectMany(Tokens)] : null,
            Attention = options.Attention ? Attention([.. text.Sentences], best) : null,
            SourceTokens = text.Sentences.Sum(tokens => tokens.Length),
            TargetTokens = best.Sum(h => h.Tokens.Length),
            Timing = DecodeTiming.Longest(decoded.Select(d => d.Timing)),
        };
    }

    /// <summary>The n best choices of one hypothesis per sentence, by the sum of their scores; equal sums in the order of the
    /// lists.</summary>
    internal static List<Hypothesis[]> Combine(IReadOnlyList<IReadOnlyList<Hypothesis>> sentences, int n)
    {
        // Linked, so that a text of thousands of sentences does not copy and sum its beginning once for each of them.
        List<Choice?> best = [null];
        foreach (var hypotheses in sentences)
        {
            best =
            [
                .. best.SelectMany(_ => hypotheses, (head, last) => new Choice(head, last, (head?.Score ?? 0) + last.Score))
                    .OrderByDescending(choice => choice.Score)
                    .Take(n),
            ];
        }

        return best.ConvertAll(choice => Unlink(choice, sentences.Count));
    }

    private static Hypothesis[] Unlink(Choice? choice, int sentences)
    {
        var hypotheses = new Hypothesis[sentences];
        for (int i = sentences - 1; choice is not null; choice = choice.Head)
            hypotheses[i--] = choice.Last;
        return hypotheses;
    }

    private static double Score(Hypothesis[] hypotheses) => hypotheses.Length == 0 ? 0 : hypotheses.Average(h => h.Score);

    private static double Confidence(Hypothesis[] hypotheses)
    {
        int tokens = hypotheses.Sum(h => h.Tokens.Length);
        return tokens == 0 ? 1 : Math.Exp(hypotheses.Sum(h => h.LogProb) / tokens);
    }

    /// <summary>Different tokens may be the same text; it is returned once.</summary>
    private List<AlternativeTranslation> Alternatives(SourceText text, string best, List<Hypothesis[]> combinations)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { best };
        var alternatives = new List<AlternativeTranslation>();
        foreach (var combination in combinations.Skip(1))
        {
            string joined = Join(text, combination);
            if (seen.Add(joined))
                alternatives.Add(new AlternativeTranslation(joined, Score(combination), Confidence(combination)));
        }

        return alternatives;
    }

    private string Join(SourceText text, Hypothesis[] hypotheses)
    {
        int next = 0;
        return string.Concat(text.Parts.Select(part => part.Tokens is null ? part.Text : target.Decode(hypotheses[next++].Tokens)));
    }

    private IEnumerable<TranslationToken> Tokens(Hypothesis hypothesis) =>
        hypothesis.Tokens.Zip(hypothesis.LogProbs, (token, logProb) => new TranslationToken(Shown(target, token), logProb));

    // People read "Hund", not "\u2581Hund": the mark of a word's start goes, unless it is all there is.
    private static string Shown(Tokenizer tokenizer, int token) =>
        tokenizer.TokenText(token) is ['\u2581', _, ..] marked ? marked[1..] : tokenizer.TokenText(token);

    /// <summary>Block-diagonal: each target token over its own sentence's source tokens.</summary>
    private TranslationAttention Attention(IReadOnlyList<int[]> sources, Hypothesis[] hypotheses)
    {
        int columns = sources.Sum(s => s.Length);
        var rows = new List<IReadOnlyList<float>>();
        int offset = 0;
        for (int i = 0; i < sources.Count; i++)
        {
            foreach (float[] attention in hypotheses[i].Attention!)
            {
                var row = new float[columns];
                attention.CopyTo(row, offset);
                rows.Add(row);
            }

            offset += sources[i].Length;
        }

        return new TranslationAttention(
            [.. sources.SelectMany(s => s).Select(token => Shown(source, token))],
            [.. hypotheses.SelectMany(h => h.Tokens).Select(token => Shown(target, token))],
            rows);
    }

    /// <summary>One hypothesis for each sentence up to <paramref name="Last"/>'s.</summary>
    private sealed record Choice(Choice? Head, Hypothesis Last, double Score);
}
