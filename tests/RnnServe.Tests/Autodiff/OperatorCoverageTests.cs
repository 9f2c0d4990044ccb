using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Translate;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Autodiff;

public sealed class OperatorCoverageTests
{
    [Fact]
    public void Every_operator_of_every_network_has_a_rule_or_is_listed_as_having_no_gradient()
    {
        var operators = new HashSet<string>();
        foreach (var cell in Enum.GetValues<CellKind>())
        {
            foreach (var attention in Enum.GetValues<AttentionKind>())
            {
                var model = new ModelSettings { Cell = cell, Attention = attention, LayerNormalisation = true, Hidden = 512, EncoderHidden = 256 };
                Collect(LossOfTranslation.Build(new() { Model = model }, new(300, 300), training: true).Loss, operators);
            }
        }

        string[] known = [.. GradientRules.ByOperator.Keys, .. GradientRules.WithoutGradient, "Scan"];
        Assert.Empty(operators.Except(known));
        Assert.Superset(new HashSet<string> { "Scan", "MatMul", "Sigmoid", "Softmax", "Gather", "CrossEntropy", "ReduceMean" }, operators);
    }

    [Fact]
    public void No_operator_both_has_a_rule_and_stops_the_gradient() =>
        Assert.Empty(GradientRules.ByOperator.Keys.Intersect(GradientRules.WithoutGradient));

    // By inputs: what a CrossEntropy is written as is not differentiated, the node itself is.
    private static void Collect(Value from, HashSet<string> operators)
    {
        var seen = new HashSet<Node>();
        var next = new Stack<Value>([from]);
        while (next.TryPop(out var value))
        {
            if (value.Producer is not { } node || !seen.Add(node))
                continue;
            operators.Add(node.Op);
            IEnumerable<Value> inputs = node.Inputs;
            if (node is ScanNode scan)
            {
                operators.UnionWith(scan.BodyNodes.Select(n => n.Op));
                inputs = inputs.Concat(scan.Captured);
            }

            foreach (var input in inputs)
                next.Push(input);
        }
    }
}
