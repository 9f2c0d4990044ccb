using RnnServe.Training.Graphs;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Layers;

/// <summary>A recurrent layer over a whole sequence.</summary>
/// <param name="context">Where the weights are declared.</param>
/// <param name="name">Prefix of the weights' names.</param>
/// <param name="kind">Which cell.</param>
/// <param name="size">Size of the state, H.</param>
internal sealed class Recurrence(LayerContext context, string name, CellKind kind, int size)
{
    private readonly Cell cell = Cell.Create(context, name, kind, size);

    /// <summary>Number of state tensors; the first is the output.</summary>
    public int States => cell.States;

    /// <summary>Runs along the first axis.</summary>
    /// <param name="x">Inputs [T, B, I].</param>
    /// <param name="first">First states [B, H]; null: zeros.</param>
    /// <param name="mask">[T, B, 1], 1 = token, 0 = padding, where the state stays as it is; null: no padding, or padding after the end
    /// only.</param>
    /// <param name="reversed">Whether to run from the last step to the first; outputs keep the order of the inputs.</param>
    /// <returns>Outputs [T, B, H], and the states after the last step taken.</returns>
    public (Value Outputs, Value[] Last) Over(Value x, IReadOnlyList<Value>? first = null, Value? mask = null, bool reversed = false)
    {
        var input = Input(x);
        Shape row = input.Shape.Without(0), state = row.With(-1, cell.Size);
        first ??= [.. Enumerable.Repeat(Zeros(x, state), cell.States)];

        var before = Cell.Bounded([.. first.Select((s, i) => Value.BodyInput($"state{i}", s.Type, state))]);
        var slice = Value.BodyInput("input", input.Type, row);
        var sliceMask = mask is null ? null : Value.BodyInput("mask", mask.Type, mask.Shape.Without(0));
        var after = cell.Next(slice, before);
        if (sliceMask is not null)
            after = [.. after.Select((s, i) => before[i] + sliceMask * (s - before[i]))];

        var body = new ScanBody(before, sliceMask is null ? [slice] : [slice, sliceMask], after, [after[0]]);
        var scan = ScanNode.Create(body, first, mask is null ? [input] : [input, mask], reversed);
        return (scan.Outputs[cell.States].Bounded(Cell.Bound), Cell.Bounded([.. scan.Outputs.Take(cell.States)]));
    }

    /// <summary>One step on rows: x [N, I] and states [N, H] give the states after it.</summary>
    public Value[] Next(Value x, IReadOnlyList<Value> states) => Cell.Bounded(cell.Next(Input(x), states));

    private Value Input(Value x) => context.Linear($"{name}.input", x, cell.Gates * cell.Size, blocks: cell.Gates);

    // [B, H] for the B of the sequence at run time.
    private Value Zeros(Value x, Shape state) =>
        Ops.Zeros(Ops.Concat(0, x.ShapeOf(1, 2), Value.Constant(state.Last.Factor)), context.Type, state);
}
