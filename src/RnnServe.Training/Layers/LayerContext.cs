using RnnServe.Training.Graphs;

namespace RnnServe.Training.Layers;

/// <summary>A weight that a layer declared.</summary>
/// <param name="Value">The leaf in the graph; its name is the parameter's.</param>
/// <param name="Initialization">How it starts.</param>
/// <param name="Learnt">Whether a gradient adjusts it; if not, it is a constant of the model or a running average.</param>
internal sealed record ParameterDeclaration(Value Value, Initialization Initialization, bool Learnt = true);

/// <summary>A parameter that follows a value of the training batches instead of a gradient.</summary>
/// <param name="Parameter">The running average.</param>
/// <param name="OfBatch">The batch's value, of the same shape.</param>
internal sealed record RunningAverage(Value Parameter, Value OfBatch);

/// <summary>A dropout mask that the graph expects as an input: 0 with probability <paramref name="Rate"/>, else 1 / (1 - rate).</summary>
/// <param name="Mask">The input.</param>
/// <param name="Rate">Share of values dropped, above 0 and below 1.</param>
internal sealed record DropoutMask(Value Mask, double Rate);

/// <summary>What layers share while a graph is built: the floating-point type, the parameters by name, and whether dropout is on.</summary>
/// <param name="type">Float; Double where gradients are checked.</param>
/// <param name="training">Whether dropout layers drop.</param>
internal sealed class LayerContext(ElementType type, bool training)
{
    private readonly Dictionary<string, ParameterDeclaration> parameters = [];
    private readonly List<DropoutMask> dropoutMasks = [];
    private readonly List<RunningAverage> runningAverages = [];

    public ElementType Type => type;

    /// <summary>Declared so far, in the order of declaration.</summary>
    public IReadOnlyCollection<ParameterDeclaration> Parameters => parameters.Values;

    public IReadOnlyList<DropoutMask> DropoutMasks => dropoutMasks;

    public IReadOnlyList<RunningAverage> RunningAverages => runningAverages;

    /// <summary>The weight of that name, declared on first use: layers that name the same weight share it.</summary>
    public Value Parameter(string name, Initialization initialization, params Dim[] shape) => Declare(name, initialization, true, shape);

    /// <summary>A parameter that no gradient adjusts; it is kept in checkpoints and averaged like the others.</summary>
    public Value Unlearnt(string name, Initialization initialization, params Dim[] shape) => Declare(name, initialization, false, shape);

    /// <summary>Lets a parameter without a gradient follow a value of each training batch.</summary>
    public void Follow(Value parameter, Value ofBatch) => runningAverages.Add(new(parameter, ofBatch));

    /// <summary>Zeroes a share of the values and scales the rest up; does nothing outside training.</summary>
    /// <remarks>Source: Srivastava et al. 2014, "Dropout". The mask comes from outside, so that a run can be repeated.</remarks>
    public Value Dropout(Value x, double rate)
    {
        if (!training || rate == 0)
            return x;
        var mask = Value.Input($"dropout_{dropoutMasks.Count}", type, [.. x.Shape]);
        dropoutMasks.Add(new(mask, rate));
        return x * mask;
    }

    private Value Declare(string name, Initialization initialization, bool learnt, Dim[] shape)
    {
        if (!parameters.TryGetValue(name, out var declared))
            parameters.Add(name, declared = new(Value.Parameter(name, type, shape), initialization, learnt));
        return declared.Value.Shape.Equals(new Shape(shape))
            ? declared.Value
            : throw new ArgumentException($"Parameter '{name}' is {declared.Value.Shape} elsewhere and {new Shape(shape)} here.");
    }
}
