namespace RnnServe.Training.Optimizers;

/// <summary>How the learning rate falls after the warm-up.</summary>
internal enum Decay
{
    /// <summary>It stays at its peak.</summary>
    Constant,

    /// <summary>A straight line to zero at the last step.</summary>
    Linear,

    /// <summary>Proportional to 1 / sqrt(step) (Vaswani et al. 2017, section 5.3).</summary>
    InverseSqrt,

    /// <summary>Half a cosine wave to zero at the last step (Loshchilov and Hutter 2017).</summary>
    Cosine,
}

/// <summary>The learning rate of each step: a straight line up to the peak, then a decay.</summary>
/// <param name="Peak">Learning rate at the end of the warm-up.</param>
/// <param name="WarmUpSteps">Steps of the warm-up; 0 starts at the peak.</param>
/// <param name="Decay">What follows the warm-up.</param>
/// <param name="TotalSteps">Steps of the whole training, the warm-up included.</param>
internal sealed record LearningRate(double Peak, long WarmUpSteps, Decay Decay, long TotalSteps)
{
    /// <param name="step">Number of the step, from 1.</param>
    public double At(long step)
    {
        if (step <= WarmUpSteps)
            return Peak * step / WarmUpSteps;

        // 0 right after the warm-up, below 1 at the last step, which therefore still learns something.
        double done = Math.Min(1, (step - WarmUpSteps - 1) / (double)Math.Max(1, TotalSteps - WarmUpSteps));
        return Peak * Decay switch
        {
            Decay.Linear => 1 - done,
            Decay.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done)),
            Decay.InverseSqrt => Math.Sqrt(Math.Max(1, WarmUpSteps) / (double)step),
            _ => 1,
        };
    }
}
