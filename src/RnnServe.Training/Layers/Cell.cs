using RnnServe.Training.Graphs;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Layers;

/// <summary>One recurrent cell with its recurrent weights. What the input adds, x W + b, is computed outside for all steps.</summary>
internal abstract class Cell(int size, int gates)
{
    /// <summary>What the first state cannot exceed, if it begins within: a mean of hyperbolic tangents, or one times a gate.</summary>
    public const double Bound = 1;

    /// <summary>Size of the state, H.</summary>
    public int Size => size;

    /// <summary>The input's contribution is [rows, gates × H].</summary>
    public int Gates => gates;

    /// <summary>Number of state tensors [rows, H]; the first is the output.</summary>
    public virtual int States => 1;

    /// <param name="context">Where the weights are declared.</param>
    /// <param name="name">Prefix of the weights' names.</param>
    /// <param name="kind">Which cell.</param>
    /// <param name="size">Size of the state.</param>
    public static Cell Create(LayerContext context, string name, CellKind kind, int size) => kind switch
    {
        CellKind.Gru => new GruCell(context, name, size),
        CellKind.GruResetBefore => new GruResetBeforeCell(context, name, size),
        CellKind.Lstm => new LstmCell(context, name, size),
        CellKind.Rnn => new ElmanCell(context, name, size),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown cell."),
    };

    /// <summary>Tells the bound of a cell's states: the first one's, as others, such as an LSTM's cell, have none.</summary>
    public static Value[] Bounded(Value[] states)
    {
        states[0].Bounded(Bound);
        return states;
    }

    /// <summary>One step.</summary>
    /// <param name="input">What the input contributes, [rows, gates × H].</param>
    /// <param name="states">States before, [rows, H] each.</param>
    /// <returns>States after; the first is the output.</returns>
    public abstract Value[] Next(Value input, IReadOnlyList<Value> states);

    protected static Value Recurrent(LayerContext context, string name, int size, int gates) =>
        context.Parameter($"{name}.recurrent", Initialization.Glorot(gates), size, gates * size);
}

/// <summary>h' = tanh(x W + b + h R). Source: Elman 1990, "Finding Structure in Time".</summary>
internal sealed class ElmanCell(LayerContext context, string name, int size) : Cell(size, 1)
{
    private readonly Value recurrent = Recurrent(context, name, size, 1);

    public override Value[] Next(Value input, IReadOnlyList<Value> states) => [(input + states[0].MatMul(recurrent)).Tanh()];
}

/// <summary>r, z = σ(x W + b + h R); n = tanh(x Wₙ + bₙ + r ∘ (h Rₙ + cₙ)); h' = n + z ∘ (h - n). Source: Cho et al. 2014
/// (arXiv:1406.1078), with the reset gate behind the recurrent product, as cuDNN and ONNX's linear_before_reset compute it: one product a
/// step.</summary>
internal sealed class GruCell(LayerContext context, string name, int size) : Cell(size, 3)
{
    private readonly Value recurrent = Recurrent(context, name, size, 3);
    private readonly Value bias = context.Parameter($"{name}.candidate_bias", Initialization.Zero, size);

    public override Value[] Next(Value input, IReadOnlyList<Value> states)
    {
        var h = states[0];
        var x = input.Split(-1, 2 * Size, Size);
        var recurred = h.MatMul(recurrent).Split(-1, 2 * Size, Size);
        var gates = (x[0] + recurred[0]).Sigmoid().Split(-1, Size, Size);
        var candidate = (x[1] + gates[0] * (recurred[1] + bias)).Tanh();
        return [candidate + gates[1] * (h - candidate)];
    }
}

/// <summary>As <see cref="GruCell"/>, with n = tanh(x Wₙ + bₙ + (r ∘ h) Rₙ): the form of the paper, two products a step.</summary>
internal sealed class GruResetBeforeCell(LayerContext context, string name, int size) : Cell(size, 3)
{
    private readonly Value gateWeights = Recurrent(context, name, size, 2);
    private readonly Value candidateWeights = context.Parameter($"{name}.recurrent_candidate", Initialization.Glorot(), size, size);

    public override Value[] Next(Value input, IReadOnlyList<Value> states)
    {
        var h = states[0];
        var x = input.Split(-1, 2 * Size, Size);
        var gates = (x[0] + h.MatMul(gateWeights)).Sigmoid().Split(-1, Size, Size);
        var candidate = (x[1] + (gates[0] * h).MatMul(candidateWeights)).Tanh();
        return [candidate + gates[1] * (h - candidate)];
    }
}

/// <summary>i, f, o = σ(x W + b + h R); g = tanh(x W + b + h R); c' = f ∘ c + i ∘ g; h' = o ∘ tanh(c'). Source: Hochreiter and Schmidhuber
/// 1997, with the forget gate of Gers et al. 2000.</summary>
internal sealed class LstmCell(LayerContext context, string name, int size) : Cell(size, 4)
{
    private readonly Value recurrent = Recurrent(context, name, size, 4);

    public override int States => 2;

    public override Value[] Next(Value input, IReadOnlyList<Value> states)
    {
        var sums = (input + states[0].MatMul(recurrent)).Split(-1, 3 * Size, Size);
        var gates = sums[0].Sigmoid().Split(-1, Size, Size, Size);
        var cell = gates[1] * states[1] + gates[0] * sums[1].Tanh();
        return [gates[2] * cell.Tanh(), cell];
    }
}
