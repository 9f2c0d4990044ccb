using RnnServe.Inference.Onnx;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>The loss of matching a teacher's features: the mean squared difference, over cells and channels, between the teacher's
/// features, standardised, and a linear map of the network's. So it is the share of the teacher's variance that the network does not
/// explain.</summary>
/// <remarks>Source: Romero et al. 2015, "FitNets" (arXiv:1412.6550), for hints through a linear map that is thrown away.</remarks>
internal static class Distillation
{
    private const string Mean = "teacher.mean", Deviation = "teacher.deviation";

    /// <summary>Builds the loss.</summary>
    /// <param name="network">The network to train.</param>
    /// <param name="channels">The teacher's channels.</param>
    /// <param name="training">Whether normalisations use the batch's statistics.</param>
    /// <param name="type">Float, or Double to check gradients.</param>
    /// <returns>Inputs image [B, 3, size, size] and teacher [B, channels, grid, grid]; the loss is summed over the photos.</returns>
    public static LossDefinition Build(ResidualSettings network, int channels, bool training, ElementType type = ElementType.Float)
    {
        var context = new LayerContext(type, training);
        var image = ResidualNetwork.Image(network, type);
        var teacher = Value.Input("teacher", type, "B", channels, network.Grid, network.Grid);
        var form = training ? NormalisationForm.Batch : NormalisationForm.Fixed;
        var features = new ResidualNetwork(context, CnnGraph.Prefix, network, form).Features(image);
        var student = context.Convolution("head", features, channels, 1, bias: true, start: Initialization.Normal(0.01));

        var mean = context.Unlearnt(Mean, Initialization.Zero, channels).Reshape(1, channels, 1, 1);
        var deviation = context.Unlearnt(Deviation, Initialization.Constant(1), channels).Reshape(1, channels, 1, 1);
        var difference = student - (teacher - mean) / deviation;
        var loss = (difference * difference).SumAll() * (1.0 / ((double)channels * network.Grid * network.Grid));
        return new(context, [image, teacher], loss);
    }

    /// <summary>Measures the teacher's mean and deviation of each channel, with which the loss standardises.</summary>
    /// <param name="features">The teacher's features of photos, [B, C, rows, columns] each.</param>
    /// <param name="parameters">Those of the loss.</param>
    public static void Standardise(IEnumerable<Tensor> features, ParameterSet parameters)
    {
        Span<float> mean = parameters[Mean].Value.AsSpan<float>(), deviation = parameters[Deviation].Value.AsSpan<float>();
        double[] sums = new double[mean.Length];
        double[] squares = new double[mean.Length];
        long count = 0;
        foreach (var tensor in features)
        {
            int cells = (int)(tensor.Shape[2] * tensor.Shape[3]);
            var values = tensor.AsSpan<float>();
            for (int i = 0; i < values.Length; i++)
            {
                int channel = i / cells % sums.Length;
                sums[channel] += values[i];
                squares[channel] += (double)values[i] * values[i];
            }

            count += tensor.Shape[0] * cells;
        }

        for (int channel = 0; channel < sums.Length; channel++)
        {
            double average = sums[channel] / count;
            mean[channel] = (float)average;

            // A channel that is all but constant is not blown up.
            deviation[channel] = (float)Math.Sqrt(Math.Max((squares[channel] / count) - (average * average), 1e-4));
        }
    }
}
