using System.ComponentModel.DataAnnotations;

namespace RnnServe.Training.Decoding;

/// <summary>Defaults of the beam search.</summary>
internal abstract record DecodingSettings
{
    /// <summary>Hypotheses kept per sentence or photo; 1 is greedy.</summary>
    [Range(1, 16)]
    public int BeamSize { get; init; } = 5;

    /// <summary>Strength of the length normalisation (Wu et al. 2016, equation 14).</summary>
    [Range(0.0, 2.0)]
    public double LengthPenalty { get; init; } = 1.0;

    /// <summary>Most tokens of an answer.</summary>
    [Range(1, 512)]
    public int MaxLength { get; init; } = 128;
}
