using RnnServe.Inference.Onnx;
using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;

namespace RnnServe.Tests.Autodiff;

public sealed class GradientRulesTests
{
    private static readonly Value X = Value.Input("x", ElementType.Double, 2, 3);
    private static readonly Value W = Value.Input("w", ElementType.Double, 2, 3);
    private static readonly Value Symbolic = Value.Input("s", ElementType.Double, "N", 3);

    // A function that goes through the rule, of x and w, both [2, 3] in (0.2, 1.5).
    private static readonly Dictionary<string, Func<Value, Value, Value>[]> Uses = new()
    {
        ["Add"] = [(x, w) => x + w, (x, w) => x + w.Sum(true, 0), (x, w) => x.Sum(false, 0) + w],
        ["Sub"] = [(x, w) => x - w, (x, w) => x.Sum(true, -1) - w],
        ["Mul"] = [(x, w) => x * w, (x, w) => x * w.Sum(true, 1), (x, _) => x * x],
        ["Div"] = [(x, w) => x / w, (x, w) => x.Sum(true, 1) / w],
        ["Neg"] = [(x, w) => -x * w],
        ["Exp"] = [(x, w) => x.Exp() * w],
        ["Log"] = [(x, w) => x.Log() * w],
        ["Sqrt"] = [(x, w) => x.Sqrt() * w],
        ["Tanh"] = [(x, w) => x.Tanh() * w],
        ["Sigmoid"] = [(x, w) => x.Sigmoid() * w],
        ["Relu"] = [(x, w) => (x + -0.8).Relu() * w],
        ["Softmax"] = [(x, w) => x.Softmax() * w],
        ["LogSoftmax"] = [(x, w) => x.LogSoftmax() * w],
        ["Identity"] = [(x, w) => Node.Of("Identity", [x]) * w],
        ["MatMul"] =
        [
            (x, w) => x.MatMul(w.Transpose(1, 0)),
            (x, w) => x.Unsqueeze(0).MatMul(w.Transpose(1, 0)),
            (x, w) => x.Unsqueeze(0).MatMul(w.Unsqueeze(1).SwapLast()),
            (x, w) => Ops.Concat(0, x.Unsqueeze(0), w.Unsqueeze(0)).MatMul(w.Unsqueeze(0).SwapLast()),
        ],
        ["Gemm"] =
        [
            (x, w) => Ops.Gemm(x, w.Transpose(1, 0)),
            (x, w) => Ops.Gemm(x, w, transA: true),
            (x, w) => Ops.Gemm(x, w, transA: true, plus: x.Sum(false, 0)),
            (x, w) => Ops.Gemm(x, w, transB: true),
            (x, w) => Ops.Gemm(x, w.Transpose(1, 0), transA: true, transB: true),
        ],
        ["Transpose"] = [(x, w) => x.Transpose(1, 0) * w.Transpose(1, 0), (x, w) => x.Unsqueeze(0).Transpose(1, 2, 0) * w.Unsqueeze(-1)],
        ["Gather"] =
        [
            (x, w) => x.Gather(Value.Constant(1, 0, 1, 1)) * w.Sum(true, 0),
            (x, w) => x.Gather(Value.Constant([1L, 1], ElementType.Int64, 2, 1)) * w.Unsqueeze(1),
        ],
        ["ReduceSum"] = [(x, w) => x.Sum(true, 0) * w, (x, w) => x.Sum(false, -1) * w.Sum(false, 1), (x, w) => x.SumAll() * w],
        ["ReduceMean"] = [(x, w) => x.Mean(true, -1) * w, (x, w) => x.Mean(false, 0, 1) * w],
        ["Concat"] = [(x, w) => Ops.Concat(0, x, w, x) * x.Sum(true, 0), (x, w) => Ops.Concat(-1, x.Sum(true, 1), w, x)],
        ["Split"] = [(x, w) => x.Split(-1, 1, 2)[1] * w.Split(-1, 2, 1)[0], (x, w) => x.Split(0, 1, 1)[0] * w],
        ["Slice"] = [(x, w) => x.Slice(1, 1, long.MaxValue) * w.Slice(1, 0, -1), (x, w) => x.Slice(1, -2, -1) * w, (x, w) => x.Slice(0, 0, 2) * w],
        ["Unsqueeze"] = [(x, w) => x.Unsqueeze(1) * w.Unsqueeze(-2)],
        ["Squeeze"] = [(x, w) => x.Sum(true, 1).Squeeze(1) * w.Sum(true, -1).Squeeze(-1)],
        ["Reshape"] = [(x, w) => x.Reshape(6) * w.Reshape(6), (x, w) => x.Reshape(3, 2) * w.Reshape(3, 2)],
        ["Expand"] = [(x, w) => x.Sum(true, 0).ExpandLike(w) * w],
        ["Conv"] =
        [
            (x, w) => Image(x, w, 1, 1, 6, 6).Conv(x.Reshape(1, 6).Slice(1, 0, 4).Reshape(1, 1, 2, 2), new(2)),
            (x, w) => x.Reshape(1, 2, 1, 3).Conv(Image(x, w, 2, 2, 3, 3), Window.Centred(3), w.Sum(false, 1)),
        ],
        ["MaxPool"] =
        [
            (x, w) => Image(x, w, 1, 1, 6, 6).MaxPool(new(2, 2)),
            (x, w) => Image(x, w, 1, 1, 6, 6).MaxPool(Window.Centred(3, 2)),
        ],
        ["AveragePool"] =
        [
            (x, w) => Image(x, w, 1, 1, 6, 6).AveragePool(new(2, 2)),
            (x, w) => Image(x, w, 1, 1, 6, 6).AveragePool(Window.Centred(3, 2)),
            (x, w) => Image(x, w, 1, 1, 6, 6).AveragePool(new(3, 1, 1, 0)),
            (x, w) => Image(x, w, 1, 1, 6, 6).AveragePool(new(4, 4)),
        ],
        ["GlobalAveragePool"] = [(x, w) => Image(x, w, 2, 2, 3, 3).GlobalAveragePool()],
        ["BatchNormalisation"] =
        [
            (x, w) => BatchNormalisation.Of(Image(x, w, 2, 3, 3, 2), x.Sum(false, 0), w.Sum(false, 0)).Output,
        ],
        ["CrossEntropy"] =
        [
            (x, w) => CrossEntropy.Of(x * w, new(w, w.Sum(false, 1)), Value.Constant(1, 0), Value.Constant([1.0, 1.0], ElementType.Double, 2), 0),
            (x, w) => CrossEntropy.Of(x, new(w, w.Sum(false, 1)), Value.Constant(1, 1), Value.Constant([0.5, -2.0], ElementType.Double, 2), 0.2),
        ],
    };

    // All products of an element of x and one of w.
    private static Value Image(Value x, Value w, params Dim[] shape) => x.Reshape(6, 1).MatMul(w.Reshape(1, 6)).Reshape(shape);

    public static TheoryData<string> Operators => [.. GradientRules.ByOperator.Keys];

    [Theory, MemberData(nameof(Operators))]
    public void A_rule_agrees_with_central_differences(string op)
    {
        Assert.True(Uses.ContainsKey(op), $"The rule of '{op}' has no test: add a use of it.");
        foreach (var use in Uses[op])
        {
            var y = use(X, W);
            Assert.Contains(Topology.Order([y]), n => n.Op == op);
            (Value, double[])[] parameters = [(X, GradientCheck.Numbers(6, 1, 0.2, 1.5)), (W, GradientCheck.Numbers(6, 2, 0.2, 1.5))];
            var used = Topology.Order([y]).SelectMany(n => n.Inputs).ToHashSet();
            GradientCheck.Verify(y, [.. parameters.Where(p => used.Contains(p.Item1))]);
        }
    }

    [Fact]
    public void Every_use_belongs_to_a_rule() => Assert.Empty(Uses.Keys.Except(GradientRules.ByOperator.Keys));

    [Fact]
    public void Rules_of_axes_known_only_at_run_time_agree_with_central_differences()
    {
        using var data = Tensor.Copy<double>(GradientCheck.Numbers(12, 3), 4, 3);
        var joined = Ops.Concat(0, X, Symbolic, W);
        Value[] uses =
        [
            (joined * joined).Mean(false, 0, 1),
            Node.Of("Concat", [X.Sum(true, 0), (Symbolic * W.Sum(true, 0)).Slice(0, 1, -1)], Ops.Attribute("axis", 0L), new("M", 3)),
            (Symbolic * X.Sum(true, 0)).Rows().MatMul(W.Transpose(1, 0)),
        ];
        foreach (var y in uses)
            GradientCheck.Verify(y, [(X, GradientCheck.Numbers(6, 1)), (W, GradientCheck.Numbers(6, 2))], (Symbolic, data));
    }

    [Fact]
    public void An_operator_without_a_rule_is_refused_by_name()
    {
        var y = Node.Of("ScatterElements", [X, Value.Constant([0L], ElementType.Int64, 1, 1), W.Slice(0, 0, 1)]);

        var error = Assert.Throws<NotSupportedException>(() => Gradients.Of(y.SumAll(), [X]));

        Assert.Contains("'ScatterElements'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_the_loss_ignores_is_an_error()
    {
        var error = Assert.Throws<ArgumentException>(() => Gradients.Of(X.SumAll(), [X, W]));

        Assert.Contains("does not depend on 'w", error.Message, StringComparison.Ordinal);
    }
}
