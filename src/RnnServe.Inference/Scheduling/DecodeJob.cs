using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>What the search found for one sentence.</summary>
/// <param name="Hypotheses">The n best, best first; at least one.</param>
/// <param name="Timing">Where the time went.</param>
internal sealed record DecodedSentence(IReadOnlyList<Hypothesis> Hypotheses, DecodeTiming Timing);

/// <summary>One sentence to decode.</summary>
/// <param name="search">The sentence's search.</param>
/// <param name="told">Told, on the worker's thread, the tokens that the best hypothesis begins with, as soon as they are certain, and all
/// of them at the end, with true; null: nobody is.</param>
internal sealed class DecodeJob(ISearch search, Action<int[], bool>? told = null)
    : Job<DecodedSentence>(search.Source.Length, search.Width)
{
    private int known;

    /// <summary>Tokens of its source; 0 where it is no text.</summary>
    public int SourceTokens => search.Source is TextSource text ? text.Tokens.Length : 0;

    /// <summary>Tokens of its best hypothesis, once it is over.</summary>
    public int TargetTokens { get; private set; }

    /// <summary>The sentence's search.</summary>
    public ISearch Search => search;

    public override bool IsEncodedAlone => search.Source.IsEncodedAlone;

    /// <summary>Tells what has become certain with the last step.</summary>
    public void Tell()
    {
        if (told is null || search.Agreed(known) is not { } tokens)
            return;
        known = tokens.Length;
        told(tokens, false);
    }

    protected override DecodedSentence ResultOf(DecodeTiming timing)
    {
        var hypotheses = search.Results();
        if (hypotheses is not [{ Tokens.Length: > 0 }, ..])
            throw new PrefixRefusedException("prefix begins with characters that the model cannot write.");
        TargetTokens = hypotheses[0].Tokens.Length;
        told?.Invoke(hypotheses[0].Tokens, true);
        return new(hypotheses, timing);
    }
}
