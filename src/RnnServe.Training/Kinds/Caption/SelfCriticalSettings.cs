using System.ComponentModel.DataAnnotations;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Learning from scores of the model's own captions instead of from the words that people wrote.</summary>
internal sealed record SelfCriticalSettings
{
    /// <summary>Captions of each photo that the beam search finds and that are compared by CIDEr-D: the width of its beam.</summary>
    [Range(2, 16)]
    public int Hypotheses { get; init; } = 5;

    /// <summary>Strength of that search's length penalty: captions adapt to the lengths it favours. Left out: decoding's.</summary>
    [Range(0, 2)]
    public double? LengthPenalty { get; init; }
}
