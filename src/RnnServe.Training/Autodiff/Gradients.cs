using RnnServe.Training.Graphs;

namespace RnnServe.Training.Autodiff;

/// <summary>Reverse-mode differentiation: extends a graph with the gradients of a scalar.</summary>
internal static class Gradients
{
    /// <summary>Builds the nodes that compute ∂loss/∂p for every p in <paramref name="parameters"/>.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="parameters">Leaves or inner values; the loss must depend on each.</param>
    /// <exception cref="NotSupportedException">An operator on the path has no rule.</exception>
    /// <exception cref="ArgumentException">The loss is no scalar, or does not depend on a parameter.</exception>
    public static Value[] Of(Value loss, IReadOnlyList<Value> parameters)
    {
        if (loss.Shape.Count != 0)
            throw new ArgumentException($"A loss must be a scalar, found {loss.Shape}.", nameof(loss));

        var order = Topology.Order([loss]);
        var pass = new BackwardPass(Topology.DependentsOf(parameters, order));
        pass.Add(loss, Value.Scalar(1, loss.Type));
        for (int i = order.Count - 1; i >= 0; i--)
        {
            if (order[i].Outputs.Any(pass.HasGradient))
                pass.Through(order[i]);
        }

        return [.. parameters.Select(p => pass.Gradient(p)
            ?? throw new ArgumentException($"The loss does not depend on '{p}'.", nameof(parameters)))];
    }
}

/// <summary>The gradients found so far in one walk from the outputs to the inputs.</summary>
/// <param name="wanted">The values that lead to a parameter: a gradient for any other is dropped.</param>
internal sealed class BackwardPass(IReadOnlySet<Value> wanted)
{
    private readonly Dictionary<Value, Value> gradients = [];

    public bool HasGradient(Value value) => gradients.ContainsKey(value);

    public Value? Gradient(Value value) => gradients.GetValueOrDefault(value);

    public bool Wants(Value value) => wanted.Contains(value);

    /// <summary>Adds to ∂loss/∂x; undoes broadcasting, here only.</summary>
    public void Add(Value x, Value dx)
    {
        if (!wanted.Contains(x))
            return;
        var term = SumTo(dx, x.Shape);
        gradients[x] = gradients.TryGetValue(x, out var sum) ? sum + term : term;
    }

    /// <summary>Carries the gradients of a node's outputs to its inputs.</summary>
    public void Through(Node node)
    {
        if (!node.Dependencies.Any(wanted.Contains) || GradientRules.WithoutGradient.Contains(node.Op))
            return;
        if (node is ScanNode scan)
        {
            ScanGradient.Through(scan, this);
            return;
        }

        var dxs = Rule(node)(node, OutputGradients(node));
        for (int i = 0; i < dxs.Length; i++)
        {
            if (dxs[i] is { } dx)
                Add(node.Inputs[i], dx);
        }
    }

    public static GradientRules.Rule Rule(Node node) => GradientRules.ByOperator.TryGetValue(node.Op, out var rule)
        ? rule
        : throw new NotSupportedException($"Operator '{node.Op}' has no gradient: add its line to GradientRules.");

    public Value[] OutputGradients(Node node) => [.. node.Outputs.Select(y => Gradient(y) ?? y.ZerosLike())];

    /// <summary>Sums the axes along which a value of <paramref name="shape"/> was repeated to give <paramref name="dx"/>.</summary>
    public static Value SumTo(Value dx, Shape shape)
    {
        if (dx.Shape.Equals(shape))
            return dx;
        int extra = dx.Shape.Count - shape.Count;
        if (extra > 0)
            dx = dx.Sum(false, [.. Enumerable.Range(0, extra).Select(i => (long)i)]);
        long[] repeated = Enumerable.Range(0, shape.Count).Where(i => shape[i].IsOne && !dx.Shape[i].IsOne).Select(i => (long)i).ToArray();
        return repeated.Length == 0 ? dx : dx.Sum(true, repeated);
    }
}
