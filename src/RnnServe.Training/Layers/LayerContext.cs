using RnnServe.OnnxRuntime;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Layers;

/// <summary>A weight that a layer declared.</summary>
/// <param name="Value">The leaf in the graph; its name is the parameter's.</param>
/// <param name="Initialization">How it starts.</param>
internal sealed record ParameterDeclaration(Value Value, Initialization Initialization);

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

    public ElementType Type => type;

    /// <summary>Declared so far, in the order of declaration.</summary>
    public IReadOnlyCollection<ParameterDeclaration> Parameters => parameters.Values;

    public IReadOnlyList<DropoutMask> DropoutMasks => dropoutMasks;

    /// <summary>The weight of that name, declared on first use: layers that name the same weight share it.</summary>
    public Value Parameter(string name, Initialization initialization, params Dim[] shape)
    {
        if (!parameters.TryGetValue(name, out var declared))
            parameters.Add(name, declared = new(Value.Parameter(name, type, shape), initialization));
        return declared.Value.Shape.Equals(new Shape(shape))
            ? declared.Value
            : throw new ArgumentException($"Parameter '{name}' is {declared.Value.Shape} elsewhere and {new Shape(shape)} here.");
    }

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
}
