using RnnServe.Training.Graphs;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Export;

/// <summary>The weights of a training as a bundle stores them.</summary>
internal static class ExportedWeights
{
    /// <summary>All parameters of a loss, zero; the caller's.</summary>
    public static ParameterSet Declare(LossDefinition loss) =>
        new([.. loss.Context.Parameters.Select(p => new Parameter(p.Value.Name!, [.. p.Value.Shape.Select(d => d.Factor)]))]);

    /// <summary>Reads averaged weights and rounds them to 16 bits, so that whatever is compared later is of the graphs alone.</summary>
    /// <param name="loss">Declares the parameters.</param>
    /// <param name="checkpoint">A checkpoint of the same parameters.</param>
    /// <param name="state">Where the training stood.</param>
    /// <returns>The caller's.</returns>
    public static ParameterSet Load(LossDefinition loss, string checkpoint, out TrainingState state)
    {
        var weights = Declare(loss);
        state = Checkpoints.LoadAverages(checkpoint, weights);
        foreach (var parameter in weights.All)
            HalfWeights.Round(parameter.Value.AsSpan<float>());
        return weights;
    }
}
