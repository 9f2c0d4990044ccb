using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds;

/// <summary>What a model answers to one input, whatever its task.</summary>
public abstract record Answer
{
    /// <summary>The best text.</summary>
    public required string Text { get; init; }

    /// <summary>Length-normalised natural-log probability; the mean over the sentences of a longer text.</summary>
    public required double Score { get; init; }

    /// <summary>exp of the mean log-probability of all tokens, in (0, 1].</summary>
    public required double Confidence { get; init; }

    /// <summary>Whether a sentence reached the maximal length before it ended.</summary>
    public required bool Truncated { get; init; }

    /// <summary>Further texts, best first, none twice.</summary>
    public IReadOnlyList<Alternative> Alternatives { get; init; } = [];

    /// <summary>The tokens of <see cref="Text"/>, each sentence's end token included; null unless asked for.</summary>
    public IReadOnlyList<OutputToken>? Tokens { get; init; }

    /// <summary>Where the time in the queue and in the workers went.</summary>
    public DecodeTiming Timing { get; init; }
}
