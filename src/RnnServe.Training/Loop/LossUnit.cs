using RnnServe.Training.Data;

namespace RnnServe.Training.Loop;

/// <summary>What a loss is counted by: the unit of <see cref="Batch.TargetTokens"/>.</summary>
/// <param name="Name">Its name in plots: "loss per target token".</param>
/// <param name="Plural">Its name in rates: "tokens/s".</param>
/// <param name="IsLikelihood">Whether the loss is a negative log-likelihood, so that exp(loss) is a perplexity.</param>
internal sealed record LossUnit(string Name, string Plural, bool IsLikelihood)
{
    public static readonly LossUnit Token = new("target token", "tokens", IsLikelihood: true);
}
