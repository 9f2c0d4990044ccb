namespace RnnServe.Inference.Search;

/// <summary>Lowers the score of a hypothesis that left source tokens unattended: β Σ_s ln(min(Σ_t p(t, s), 1)).</summary>
/// <param name="Beta">Strength β, 0 (no penalty) to 2.</param>
/// <remarks>Source: Wu et al. 2016, eq. 14. A source token with less attention than <see cref="Least"/> counts as having that
/// much.</remarks>
internal readonly record struct CoveragePenalty(float Beta)
{
    /// <summary>Keeps one untouched source token from making every hypothesis infinitely bad.</summary>
    public const float Least = 1e-6f;

    /// <param name="coverage">Attention that each source token got in all steps together, shape [S].</param>
    /// <returns>A value to add to the score, 0 or less.</returns>
    public double Of(ReadOnlySpan<double> coverage)
    {
        double sum = 0;
        foreach (double attention in coverage)
            sum += Math.Log(Math.Clamp(attention, Least, 1.0));
        return Beta * sum;
    }
}
