using RnnServe.Training.Autodiff;
using RnnServe.Training.Graphs;

namespace RnnServe.Tests.Autodiff;

/// <summary>Loops that no shipped cell has: what they capture, and how states and outputs are wired.</summary>
public sealed class ScanGradientTests
{
    private const int Steps = 4, Rows = 2, Size = 3;

    private static readonly Value X = Value.Input("x", ElementType.Double, Steps, Rows, Size);
    private static readonly Value First = Value.Input("first", ElementType.Double, Rows, Size);
    private static readonly Value Other = Value.Input("other", ElementType.Double, Rows, Size);
    private static readonly Value W = Value.Parameter("w", ElementType.Double, Size, Size);
    private static readonly Value U = Value.Parameter("u", ElementType.Double, Size, Size);
    private static readonly Value Bias = Value.Parameter("bias", ElementType.Double, Size);
    private static readonly Value Outside = Value.Parameter("outside", ElementType.Double, Rows, Size);

    [Theory, InlineData(false), InlineData(true)]
    public void Two_weights_a_bias_and_an_activation_that_is_also_used_outside_agree_with_central_differences(bool reversed)
    {
        var activation = (Outside * 0.5).Tanh();
        var loop = Loop(
            reversed, s => [(s.Slice.MatMul(U) + s.States[0].MatMul(W) + Bias + activation * s.States[0]).Tanh()], after => [after[0]]);

        Verify(Sum(loop.Outputs) + (activation * activation).SumAll(), X, First, W, U, Bias, Outside);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_weight_that_is_used_twice_and_states_that_change_places_agree_with_central_differences(bool reversed)
    {
        var loop = Loop(
            reversed,
            s => [(s.States[1].MatMul(W) * s.Slice).Tanh(), s.States[0].MatMul(W).Sigmoid()],
            after => [after[1], after[0] * after[1]]);

        Verify(Sum(loop.Outputs), X, First, Other, W);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_state_that_only_passes_by_and_one_that_nobody_reads_agree_with_central_differences(bool reversed)
    {
        var loop = Loop(reversed, s => [(s.States[0] + s.Slice * s.States[1]).Tanh(), s.States[1]], after => [after[0]]);

        Verify(Sum(loop.Outputs.Skip(2)), X, First, Other);
    }

    [Fact]
    public void A_step_with_means_and_a_split_of_which_a_part_is_unused_agrees_with_central_differences()
    {
        var loop = Loop(
            reversed: false,
            s =>
            {
                var sum = s.Slice + s.States[0].MatMul(W);
                var centred = sum - sum.Mean(true, -1);
                var parts = (centred * U.Sum(false, 0)).Tanh().Split(-1, 1, 2);
                return [s.States[0] * 0.5 + parts[0]];
            },
            after => [after[0]]);

        Verify(Sum(loop.Outputs), X, First, W, U);
    }

    [Fact]
    public void A_captured_value_that_is_itself_a_state_or_an_output_gets_its_gradient()
    {
        var activation = Outside.Tanh();
        var loop = Loop(reversed: false, s => [(s.States[0] + s.States[1] * s.Slice).Tanh(), activation], after => [after[0], activation]);

        Verify(Sum(loop.Outputs), X, First, Other, Outside);
    }

    [Fact]
    public void Values_of_fewer_axes_than_their_partner_are_refused_as_all_steps_together_would_broadcast_another_way()
    {
        var slices = Value.Input("scalars", ElementType.Double, Rows, Size);
        var state = Value.BodyInput("state", ElementType.Double, new(Rows, Size));
        var slice = Value.BodyInput("slice", ElementType.Double, new(Size));
        var next = (state + slice * Outside).Tanh();
        var loop = ScanNode.Create(new([state], [slice], [next], []), [First], [slices]);

        var error = Assert.Throws<NotSupportedException>(() => Gradients.Of(loop.Outputs[0].SumAll(), [Outside]));

        Assert.Contains("'Mul'", error.Message, StringComparison.Ordinal);
    }

    private static ScanNode Loop(
        bool reversed, Func<(Value[] States, Value Slice), Value[]> step, Func<Value[], Value[]> outputs)
    {
        Value[] all = [.. new[] { "state0", "state1" }.Select(name => Value.BodyInput(name, ElementType.Double, First.Shape))];
        var slice = Value.BodyInput("slice", ElementType.Double, First.Shape);
        var after = step((all, slice));
        var body = new ScanBody([.. all.Take(after.Length)], [slice], after, outputs(after));
        return ScanNode.Create(body, [.. new[] { First, Other }.Take(after.Length)], [X], reversed);
    }

    private static Value Sum(IEnumerable<Value> outputs) => outputs
        .Select((y, i) => (y * y * (0.3 + i) + y * 0.7).SumAll()).Aggregate((a, b) => a + b);

    private static void Verify(Value loss, params Value[] leaves) =>
        GradientCheck.Verify(loss, [.. leaves.Select((leaf, i) => (leaf, GradientCheck.Numbers((int)leaf.Shape.Size.Factor, i + 1)))]);
}
