namespace RnnServe.Training.Graphs;

/// <summary>What turns a decoder's rows [N, E] into logits [N, V].</summary>
/// <param name="Weight">[V, E].</param>
/// <param name="Bias">[V].</param>
internal sealed record OutputLayer(Value Weight, Value Bias)
{
    public Value Logits(Value rows) => Ops.Gemm(rows, Weight, transB: true) + Bias;
}

/// <summary>Label-smoothed negative log-likelihood of the targets, weighted and summed over the rows: Σ w · ((1 - ε) · -log p(target)
/// - ε/V · Σ log p). Source: Szegedy et al. 2016, "Rethinking the Inception Architecture" (arXiv:1512.00567), section 7.</summary>
/// <remarks>
/// The output layer is part of it, and the rows are taken block by block, so that no more than a block's logits are ever there: all of
/// them would be most of a training's memory, and a block stays in the processor's cache. A block's gradient, softmax - smoothed one-hot,
/// goes into the sums of the weights' gradients at once, and the loss comes from the same pass.
/// </remarks>
internal sealed class CrossEntropy : CompositeNode
{
    private readonly OutputLayer output;
    private readonly RowBlocks blocks;
    private Value? loss;

    private CrossEntropy(Value rows, OutputLayer output, Value targets, Value weights, double smoothing)
        : base("CrossEntropy", [rows, output.Weight, output.Bias, targets, weights], NoAttributes)
    {
        (this.output, Smoothing) = (output, smoothing);
        blocks = new(rows);
        Outputs = [new(this, rows.Type, Shape.Scalar)];
    }

    /// <summary>ε.</summary>
    public double Smoothing { get; }

    public override Value Expansion => loss ??= LossAlone();

    /// <param name="rows">What the output layer reads, [N, E].</param>
    /// <param name="output">The output layer.</param>
    /// <param name="targets">int64 [N], each in [0, V).</param>
    /// <param name="weights">Of the rows, [N].</param>
    /// <param name="smoothing">ε, 0 (none) to below 1.</param>
    /// <returns>The loss in nats, a scalar.</returns>
    public static Value Of(Value rows, OutputLayer output, Value targets, Value weights, double smoothing) =>
        new CrossEntropy(rows, output, targets, weights, smoothing).Output;

    public override Node WithInputs(IReadOnlyList<Value> inputs) =>
        new CrossEntropy(inputs[0], new(inputs[1], inputs[2]), inputs[3], inputs[4], Smoothing);

    /// <summary>The gradients of rows, weight and bias. From now on the loss is computed with them.</summary>
    /// <param name="dy">The loss's gradient, a scalar.</param>
    public (Value Rows, Value Weight, Value Bias) Gradients(Value dy)
    {
        var (row, target, weight) = (Slice("row", Inputs[0]), Slice("target", Inputs[3]), Slice("weight", Inputs[4]));
        var dWeight = Value.BodyInput("d_weight", row.Type, output.Weight.Shape);
        var dBias = Value.BodyInput("d_bias", row.Type, output.Bias.Shape.Prepend(1));

        var (losses, logProbabilities) = Losses(row, target);
        long vocabulary = output.Weight.Shape[0].Factor;
        var expected = logProbabilities.Exp();
        if (Smoothing > 0)
            expected += -Smoothing / vocabulary;
        var oneHot = Value.Scalar(Smoothing - 1, row.Type).Unsqueeze(0).Unsqueeze(0).ExpandLike(target.Unsqueeze(-1));
        var dLogits = Of("ScatterElements", [expected, target.Unsqueeze(-1), oneHot],
            new Dictionary<string, object> { ["axis"] = -1L, ["reduction"] = "add" });

        // The rows' weights are put where there are fewest numbers: on the rows, not on their logits.
        var column = weight.Unsqueeze(-1);
        var body = new ScanBody(
            [dWeight, dBias],
            [row, target, weight],
            [Ops.Gemm(dLogits, row * column, transA: true, plus: dWeight), dBias + weight.Unsqueeze(0).MatMul(dLogits)],
            [losses, Ops.Gemm(dLogits, output.Weight) * column]);
        var scan = ScanNode.Create(
            body,
            [output.Weight.ZerosLike(), output.Bias.ZerosLike().Unsqueeze(0)],
            [blocks.Cut(Inputs[0]), blocks.Cut(Inputs[3]), blocks.Cut(Inputs[4] * dy)]);
        loss = Sum(scan.Outputs[2]);
        return (blocks.Join(scan.Outputs[3]), scan.Outputs[0], scan.Outputs[1].Squeeze(0));
    }

    private Value LossAlone()
    {
        var (row, target) = (Slice("row", Inputs[0]), Slice("target", Inputs[3]));
        var scan = ScanNode.Create(
            new([], [row, target], [], [Losses(row, target).Losses]), [], [blocks.Cut(Inputs[0]), blocks.Cut(Inputs[3])]);
        return Sum(scan.Outputs[0]);
    }

    private Value Sum(Value losses) => (losses * blocks.Cut(Inputs[4])).SumAll();

    private (Value Losses, Value LogProbabilities) Losses(Value row, Value target)
    {
        var logProbabilities = Ops.Gemm(row, output.Weight, transB: true, plus: output.Bias).LogSoftmax();
        var likelihood = Of("GatherElements", [logProbabilities, target.Unsqueeze(-1)], Ops.Attribute("axis", -1L)).Squeeze(-1);
        return (
            Smoothing == 0 ? -likelihood : likelihood * (Smoothing - 1) - logProbabilities.Mean(false, -1) * Smoothing,
            logProbabilities);
    }

    private static Value Slice(string role, Value whole) => Value.BodyInput(role, whole.Type, whole.Shape.With(0, RowBlocks.Block));
}
