using RnnServe.Inference.Text;

namespace RnnServe.Inference.Search;

/// <summary>How one sentence is searched. Sentences of one batch may differ in all of it.</summary>
internal sealed record DecodingOptions
{
    /// <summary>Hypotheses kept, 1 (greedy) or more.</summary>
    public int BeamSize { get; init; } = 5;

    /// <summary>Hypotheses wanted, 1 to <see cref="BeamSize"/>.</summary>
    public int Best { get; init; } = 1;

    /// <summary>Strength α of the length penalty.</summary>
    public float LengthPenalty { get; init; } = 1f;

    /// <summary>Strength β of the coverage penalty.</summary>
    public float CoveragePenalty { get; init; }

    /// <summary>Most tokens, the end token included: the number of decoder steps.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Whether the attention of every token is kept.</summary>
    public bool Attention { get; init; }

    /// <summary>What hypotheses may go on with; null for anything.</summary>
    public IConstraint? Constraint { get; init; }

    /// <summary>Whether the decoder must give the attention.</summary>
    public bool NeedsAttention => Attention || CoveragePenalty > 0;

    /// <summary>The same with a further constraint.</summary>
    public DecodingOptions With(IConstraint further) =>
        this with { Constraint = Constraint is { } constraint ? new BothConstraints(constraint, further) : further };
}

/// <summary>The target tokens with a meaning of their own.</summary>
/// <param name="Start">Fed first.</param>
/// <param name="End">Ends a hypothesis.</param>
/// <param name="Banned">Never produced: start, padding, the unknown token, and all others that a text does not show.</param>
internal sealed record TokenRules(int Start, int End, IReadOnlyList<int> Banned)
{
    /// <summary>The rules of a bundle.</summary>
    /// <param name="decoder">Names the tokens.</param>
    /// <param name="target">Knows those that would vanish from the text, whatever they are called.</param>
    public static TokenRules Of(DecoderManifest decoder, Tokenizer? target = null)
    {
        var special = target?.SpecialIds.Order().Cast<int?>() ?? [];
        int?[] banned = [decoder.StartId, decoder.PadId, decoder.UnknownId, target?.UnknownId, .. special];
        return new TokenRules(decoder.StartId, decoder.EndId, [.. banned.OfType<int>().Distinct().Where(id => id != decoder.EndId)]);
    }

    /// <summary>Best tokens of a row that a search must see: 2K may end or live on, and each banned one may be better than these.</summary>
    /// <param name="width">K.</param>
    public int Ranked(int width) => (2 * width) + Banned.Count;
}
