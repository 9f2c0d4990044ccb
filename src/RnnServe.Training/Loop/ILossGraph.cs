using RnnServe.Training.Data;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Loop;

/// <summary>A model as the training loop sees it: parameters, and a loss with its gradients. Not thread-safe. Owns them.</summary>
internal interface ILossGraph : IDisposable
{
    ParameterSet Parameters { get; }

    /// <summary>Runs the loss and its gradients in training mode, with dropout.</summary>
    /// <param name="batch">Inputs; stays the caller's.</param>
    /// <param name="dropoutSeed">The dropout masks are a pure function of it, so a resumed run draws the same ones.</param>
    /// <returns>The label-smoothed loss, summed over the target tokens. The parameters get the gradients of loss / target tokens.</returns>
    double ForwardBackward(Batch batch, ulong dropoutSeed);

    /// <summary>Runs the loss alone, without dropout and smoothing.</summary>
    /// <returns>The sum of -ln p over the target tokens: perplexity = exp(sum / tokens).</returns>
    double Loss(Batch batch);
}
