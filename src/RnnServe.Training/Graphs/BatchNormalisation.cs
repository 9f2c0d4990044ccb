namespace RnnServe.Training.Graphs;

/// <summary>Normalisation of each channel over the batch, as in training: (x - mean) / √(variance + ε) · gain + bias. Source: Ioffe and
/// Szegedy 2015, "Batch Normalization" (arXiv:1502.03167), algorithm 1.</summary>
/// <remarks>A node of its own because its gradient has a closed form that reads the image three times, where the gradient of the
/// composition would write and read it a dozen times. ONNX Runtime's own operator in training mode uses one thread.</remarks>
internal sealed class BatchNormalisation : CompositeNode
{
    /// <summary>ε.</summary>
    public const double Epsilon = 1e-5;

    private BatchNormalisation(Value x, Value gain, Value bias)
        : base("BatchNormalisation", [x, gain, bias], NoAttributes)
    {
        if (x.Shape.Count != 4 || !gain.Shape.Equals(new(x.Shape[1])) || !bias.Shape.Equals(gain.Shape))
            throw new ArgumentException($"Batch normalisation of {x} needs a gain and a bias of [C], found {gain} and {bias}.");
        var mean = x.Mean(true, 0, 2, 3);
        Centred = x - mean;
        var variance = (Centred * Centred).Mean(true, 0, 2, 3);
        Deviation = (variance + Epsilon).Sqrt();
        (Mean, Variance) = (mean.Reshape(x.Shape[1]), variance.Reshape(x.Shape[1]));
        Expansion = Centred * (PerChannel(gain) / Deviation) + PerChannel(bias);
        Outputs = [new(this, x.Type, x.Shape)];
    }

    /// <summary>x - mean, [N, C, Y, X].</summary>
    public Value Centred { get; }

    /// <summary>√(variance + ε), [1, C, 1, 1].</summary>
    public Value Deviation { get; }

    /// <summary>Means of the batch, [C].</summary>
    public Value Mean { get; }

    /// <summary>Variances of the batch, [C], not corrected for the mean's own uncertainty: a batch has hundreds of pixels.</summary>
    public Value Variance { get; }

    public override Value Expansion { get; }

    /// <param name="x">[N, C, Y, X].</param>
    /// <param name="gain">[C].</param>
    /// <param name="bias">[C].</param>
    public static BatchNormalisation Of(Value x, Value gain, Value bias) => new(x, gain, bias);

    /// <summary>The same with fixed statistics, as in inference.</summary>
    /// <param name="x">[N, C, Y, X].</param>
    /// <param name="gain">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="mean">[C].</param>
    /// <param name="variance">[C].</param>
    public static Value Fixed(Value x, Value gain, Value bias, Value mean, Value variance)
    {
        var scale = gain / (variance + Epsilon).Sqrt();
        return x * PerChannel(scale) + PerChannel(bias - mean * scale);
    }

    /// <summary>[C] as [1, C, 1, 1].</summary>
    public static Value PerChannel(Value x) => x.Reshape(1, x.Shape[0], 1, 1);

    public override Node WithInputs(IReadOnlyList<Value> inputs) => new BatchNormalisation(inputs[0], inputs[1], inputs[2]);
}
