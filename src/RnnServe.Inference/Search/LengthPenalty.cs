namespace RnnServe.Inference.Search;

/// <summary>Divides a hypothesis's score by ((5 + length) / 6)^α, so that long outputs are not punished.</summary>
/// <param name="Alpha">Strength α, 0 (no penalty) to 2; 1 is nearly an average per token.</param>
/// <remarks>Source: Wu et al. 2016, "Google's Neural Machine Translation System", eq. 14 (arXiv:1609.08144).</remarks>
internal readonly record struct LengthPenalty(float Alpha)
{
    /// <param name="logProb">Sum of natural-log token probabilities, 0 or less.</param>
    /// <param name="length">Tokens of the hypothesis, the end token included; at least 1.</param>
    public double Normalize(double logProb, int length) => logProb / Math.Pow((5 + length) / 6.0, Alpha);
}
