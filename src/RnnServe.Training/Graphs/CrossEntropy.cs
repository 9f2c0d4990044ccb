namespace RnnServe.Training.Graphs;

/// <summary>Label-smoothed negative log-likelihood of each row's target: (1 - ε) · -log p(target) - ε/V · Σ log p. Source: Szegedy et al.
/// 2016, "Rethinking the Inception Architecture" (arXiv:1512.00567), section 7.</summary>
/// <remarks>A node of its own and not a composition, because its gradient has a closed form, (softmax - smoothed one-hot) · dy, that
/// touches the [N, V] logits three times where the composition's gradient would touch them eight times.</remarks>
internal sealed class CrossEntropy : CompositeNode
{
    private CrossEntropy(Value logits, Value targets, double smoothing)
        : base("CrossEntropy", [logits, targets], NoAttributes)
    {
        Smoothing = smoothing;
        Targets = targets.Unsqueeze(-1);
        LogProbabilities = logits.LogSoftmax();
        var likelihood = Of("GatherElements", [LogProbabilities, Targets], Ops.Attribute("axis", -1L)).Squeeze(-1);
        Expansion = smoothing == 0
            ? -likelihood
            : likelihood * (smoothing - 1) - LogProbabilities.Mean(false, -1) * smoothing;
        Outputs = [new(this, logits.Type, targets.Shape)];
    }

    /// <summary>ε.</summary>
    public double Smoothing { get; }

    /// <summary>log softmax of the logits, [N, V].</summary>
    public Value LogProbabilities { get; }

    /// <summary>Target ids, [N, 1].</summary>
    public Value Targets { get; }

    public override Value Expansion { get; }

    /// <param name="logits">[N, V].</param>
    /// <param name="targets">int64 [N], each in [0, V).</param>
    /// <param name="smoothing">ε, 0 (none) to below 1.</param>
    /// <returns>The loss of each row in nats, [N].</returns>
    public static Value Of(Value logits, Value targets, double smoothing) => new CrossEntropy(logits, targets, smoothing).Output;

    public override Node WithInputs(IReadOnlyList<Value> inputs) => new CrossEntropy(inputs[0], inputs[1], Smoothing);
}
