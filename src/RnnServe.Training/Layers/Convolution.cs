using RnnServe.Training.Graphs;

namespace RnnServe.Training.Layers;

/// <summary>How the normalisation behind a convolution is computed.</summary>
internal enum NormalisationForm
{
    /// <summary>With the batch's mean and variance, whose running averages are kept: training.</summary>
    Batch,

    /// <summary>With the running averages: evaluation, and training on top of a network that is trained already.</summary>
    Fixed,

    /// <summary>Not at all: it has become part of the convolution's weight and bias (see <see cref="Folding"/>).</summary>
    Folded,
}

/// <summary>Layers of convolutional networks over images [N, C, Y, X].</summary>
internal static class Convolutions
{
    /// <summary>A convolution whose window is centred, so that only its stride makes the image smaller.</summary>
    /// <returns>[N, channels, Y / stride, X / stride].</returns>
    public static Value Convolution(
        this LayerContext context,
        string name,
        Value x,
        int channels,
        int size,
        int stride = 1,
        bool bias = false,
        Initialization? start = null)
    {
        long inputs = x.Shape[1].Factor;
        var weight = context.Parameter($"{name}.weight", start ?? Initialization.He(inputs * size * size), channels, inputs, size, size);
        return x.Conv(weight, Window.Centred(size, stride), bias ? context.Parameter($"{name}.bias", Initialization.Zero, channels) : null);
    }

    /// <summary>A convolution with the normalisation of its outputs.</summary>
    /// <param name="context">Where the weights are declared.</param>
    /// <param name="name">Prefix of their names.</param>
    /// <param name="x">[N, C, Y, X].</param>
    /// <param name="shape">Output channels, window and stride.</param>
    /// <param name="form">How it is normalised.</param>
    /// <param name="gain">What the gain starts with.</param>
    public static Value NormalisedConvolution(
        this LayerContext context,
        string name,
        Value x,
        (int Channels, int Size, int Stride) shape,
        NormalisationForm form,
        double gain = 1)
    {
        var y = context.Convolution(name, x, shape.Channels, shape.Size, shape.Stride, bias: form == NormalisationForm.Folded);
        return form == NormalisationForm.Folded ? y : context.BatchNormalisation($"{name}.norm", y, form, gain);
    }

    /// <summary>Normalises each channel; running averages of mean and variance are parameters without gradients.</summary>
    public static Value BatchNormalisation(this LayerContext context, string name, Value x, NormalisationForm form, double start = 1)
    {
        var channels = x.Shape[1];
        var gain = context.Parameter($"{name}.gain", Initialization.Constant(start), channels);
        var bias = context.Parameter($"{name}.bias", Initialization.Zero, channels);
        var mean = context.Unlearnt($"{name}.mean", Initialization.Zero, channels);
        var variance = context.Unlearnt($"{name}.variance", Initialization.Constant(1), channels);
        if (form == NormalisationForm.Fixed)
            return Graphs.BatchNormalisation.Fixed(x, gain, bias, mean, variance);

        var node = Graphs.BatchNormalisation.Of(x, gain, bias);
        context.Follow(mean, node.Mean);
        context.Follow(variance, node.Variance);
        return node.Output;
    }
}
