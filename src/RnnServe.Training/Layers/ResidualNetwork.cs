using RnnServe.Training.Graphs;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Layers;

/// <summary>A plain residual network: a stem of one 7 x 7 convolution of stride 4, then stages of blocks of two 3 x 3 convolutions around
/// which the image passes unchanged. Where a stage halves the image, what passes is averaged over 2 x 2 pixels and mapped to the new
/// channels.</summary>
/// <remarks>Source: He et al. 2016 (arXiv:1512.03385), with the shortcut of He et al. 2019, "Bag of Tricks" (arXiv:1812.01187), section
/// 4.2. The gain of each block's last normalisation starts at 0, so that the network starts as its shortcuts (Goyal et al. 2017,
/// arXiv:1706.02677). Only plain convolutions: they run nearest to the processor's peak and keep most accuracy when quantised. One stem
/// convolution, as an image of half the rows with a stem's channels would cost more memory traffic in training than all that
/// follows.</remarks>
/// <param name="context">Where the weights are declared.</param>
/// <param name="name">Prefix of their names.</param>
/// <param name="settings">Sizes.</param>
/// <param name="form">How convolutions are normalised.</param>
internal sealed class ResidualNetwork(LayerContext context, string name, ResidualSettings settings, NormalisationForm form)
{
    /// <summary>The image that <see cref="Features"/> takes: [B, 3, size, size], named "image".</summary>
    public static Value Image(ResidualSettings settings, ElementType type) =>
        Value.Input("image", type, "B", 3, settings.Size, settings.Size);

    /// <summary>Features of images.</summary>
    /// <param name="image">[B, 3, size, size], normalised as the recipe says.</param>
    /// <returns>[B, last width, grid, grid], none below 0.</returns>
    public Value Features(Value image)
    {
        var x = Unit("stem", image, settings.Stem, 7, 4).Relu();
        for (int stage = 0; stage < settings.Widths.Count; stage++)
        {
            for (int block = 0; block < settings.Blocks[stage]; block++)
                x = Block($"stage.{stage}.{block}", x, settings.Widths[stage], block == 0 && stage > 0 ? 2 : 1);
        }

        return x;
    }

    private Value Block(string part, Value x, int channels, int stride)
    {
        var inner = Unit($"{part}.first", x, channels, 3, stride).Relu();
        var y = Unit($"{part}.second", inner, channels, 3, 1, gain: 0);
        return (Shortcut(part, x, channels, stride) + y).Relu();
    }

    private Value Shortcut(string part, Value x, int channels, int stride)
    {
        if (stride > 1)
            x = x.AveragePool(new(stride, stride));
        return x.Shape[1] == channels ? x : Unit($"{part}.shortcut", x, channels, 1, 1);
    }

    private Value Unit(string part, Value x, int channels, int size, int stride, double gain = 1) =>
        context.NormalisedConvolution($"{name}.{part}", x, (channels, size, stride), form, gain);
}
