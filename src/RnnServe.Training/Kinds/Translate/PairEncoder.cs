using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Makes tokens of sentence pairs.</summary>
/// <param name="tokenizers">Of both languages.</param>
/// <param name="maxLength">Most tokens of a side.</param>
/// <param name="say">Told how much was read and left out.</param>
internal sealed class PairEncoder(LanguageTokenizers tokenizers, int maxLength, Action<string> say)
{
    /// <summary>The pairs that are not too long, as text and as tokens.</summary>
    /// <param name="corpus">All pairs.</param>
    /// <param name="what">What they are for, for messages.</param>
    /// <exception cref="UserException">All are too long.</exception>
    public (IReadOnlyList<SentencePair> Texts, TokenPair[] Tokens) Encode(ParallelCorpus corpus, string what)
    {
        LostCharacters.Say(tokenizers.Source, corpus.Pairs.Select(p => p.Source), $"{what}, source", say);
        LostCharacters.Say(tokenizers.Target, corpus.Pairs.Select(p => p.Target), $"{what}, target", say);
        var all = corpus.Pairs.Select(text => (Text: text, Tokens: Encode(text))).ToList();
        var kept = all.FindAll(pair => Fits(pair.Tokens));
        say($"{what}: {kept.Count:N0} pairs, {kept.Sum(p => (long)p.Tokens.Target.Length):N0} target tokens; "
            + $"left out: {corpus.Empty} empty, {all.Count - kept.Count} longer than training.maxLength.");
        return kept.Count > 0
            ? ([.. kept.Select(pair => pair.Text)], [.. kept.Select(pair => pair.Tokens)])
            : throw new UserException($"{what}: every pair is longer than training.maxLength ({maxLength} tokens).");
    }

    /// <summary>Pairs that were changed; one that has become too long stays as it was.</summary>
    public TokenPair[] Encode(SentencePair[] changed, TokenPair[] plain)
    {
        var tokens = new TokenPair[changed.Length];
        Parallel.For(0, tokens.Length, i => tokens[i] = Encode(changed[i]) is var pair && Fits(pair) ? pair : plain[i]);
        return tokens;
    }

    private bool Fits(TokenPair pair) => pair.Source.Length <= maxLength && pair.Target.Length <= maxLength;

    private TokenPair Encode(SentencePair pair) => new(tokenizers.Source.Encode(pair.Source), tokenizers.Target.Encode(pair.Target));
}
