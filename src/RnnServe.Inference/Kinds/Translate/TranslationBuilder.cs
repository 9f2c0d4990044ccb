using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>Puts the decoded sentences of a text together again.</summary>
internal sealed class TranslationBuilder(Tokenizer source, Tokenizer target, SearchOptions options)
{
    /// <param name="text">The text's parts.</param>
    /// <param name="decoded">Its sentences' results, in order.</param>
    public Translation Build(SourceText text, IReadOnlyList<DecodedSentence> decoded)
    {
        var combinations = Combine([.. decoded.Select(d => d.Hypotheses)], options.Alternatives + 1);
        var best = combinations[0];
        string joined = Join(text, best);
        SourcePart[] sources = [.. text.Parts.Where(part => part.Tokens is not null)];
        return new Translation
        {
            Text = joined,
            Score = Score(best),
            Confidence = Answers.Confidence(best),
            Truncated = best.Any(h => h.Truncated),
            Alternatives = Answers.Distinct(joined, combinations.Skip(1).Select(c => Alternative(text, c))),
            Tokens = options.Tokens ? Tokens(sources, best) : null,
            Attention = options.Attention ? Attention(sources, best) : null,
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

    private Alternative Alternative(SourceText text, Hypothesis[] hypotheses) =>
        new(Join(text, hypotheses), Score(hypotheses), Answers.Confidence(hypotheses));

    private string Join(SourceText text, Hypothesis[] hypotheses)
    {
        int next = 0;
        return string.Concat(text.Parts.Select(part => part.Tokens is null ? part.Text : Text(part, hypotheses[next++].Tokens)));
    }

    /// <summary>The translation of a sentence.</summary>
    public string Text(SourcePart part, int[] tokens)
    {
        string output = target.Decode(tokens);
        return part.Copied?.Restore(output) ?? output;
    }

    /// <summary>What a sentence's translation begins with, whatever tokens follow.</summary>
    public string Beginning(SourcePart part, int[] tokens)
    {
        string output = GrowingText.Settled(target, tokens);
        return GrowingText.Settled(part.Copied?.RestoreBeginning(output) ?? output);
    }

    private OutputToken[] Tokens(SourcePart[] sources, Hypothesis[] hypotheses) =>
    [
        .. sources.Zip(hypotheses, (part, hypothesis) => Answers.Tokens(target, hypothesis)
            .Select(token => token with { Text = part.Show(token.Text) })).SelectMany(tokens => tokens),
    ];

    /// <summary>Block-diagonal: each target token over its own sentence's source tokens.</summary>
    private TranslationAttention Attention(SourcePart[] sources, Hypothesis[] hypotheses)
    {
        int columns = sources.Sum(s => s.Tokens!.Length);
        var rows = new List<IReadOnlyList<float>>();
        int offset = 0;
        for (int i = 0; i < sources.Length; i++)
        {
            foreach (float[] attention in hypotheses[i].Attention!)
            {
                var row = new float[columns];
                attention.CopyTo(row, offset);
                rows.Add(row);
            }

            offset += sources[i].Tokens!.Length;
        }

        return new TranslationAttention(
            [.. sources.SelectMany(part => (part.Names ?? part.Tokens!.Select(token => Answers.Shown(source, token))).Select(part.Show))],
            [.. sources.Zip(hypotheses).SelectMany(s => s.Second.Tokens.Select(token => s.First.Show(Answers.Shown(target, token))))],
            rows);
    }

    /// <summary>One hypothesis for each sentence up to <paramref name="Last"/>'s.</summary>
    private sealed record Choice(Choice? Head, Hypothesis Last, double Score);
}
