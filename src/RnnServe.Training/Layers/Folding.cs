using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Layers;

/// <summary>Makes the fixed normalisation behind a convolution part of it: with s = gain / √(variance + ε) the weight becomes s · weight
/// and the bias becomes bias - s · mean.</summary>
internal static class Folding
{
    /// <summary>The value of a parameter of a network in the folded form.</summary>
    /// <param name="name">Its name: a convolution's weight or bias.</param>
    /// <param name="weights">The parameters of the same network before folding.</param>
    public static float[] Fold(string name, ParameterSet weights)
    {
        int dot = name.LastIndexOf('.');
        var (layer, part) = (name[..dot], name[(dot + 1)..]);
        double[] scale = Scale(layer, weights);
        if (part == "bias")
        {
            var (bias, mean) = (Values(weights, $"{layer}.norm.bias"), Values(weights, $"{layer}.norm.mean"));
            return [.. scale.Select((s, i) => (float)(bias[i] - (s * mean[i])))];
        }

        float[] weight = Values(weights, name);
        int perOutput = weight.Length / scale.Length;
        return [.. weight.Select((w, i) => (float)(w * scale[i / perOutput]))];
    }

    private static double[] Scale(string layer, ParameterSet weights)
    {
        var (gain, variance) = (Values(weights, $"{layer}.norm.gain"), Values(weights, $"{layer}.norm.variance"));
        return [.. gain.Select((g, i) => g / Math.Sqrt(variance[i] + Graphs.BatchNormalisation.Epsilon))];
    }

    private static float[] Values(ParameterSet weights, string name) => weights[name].Value.AsSpan<float>().ToArray();
}
