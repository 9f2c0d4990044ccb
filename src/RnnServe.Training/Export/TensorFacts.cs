using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Export;

/// <summary>What is known of a graph's tensors before it runs: how large their elements can become, and how long their rows are. Most of
/// what a recurrent decoder multiplies is bounded by its construction, so that scales of 8-bit numbers need no data.</summary>
/// <remarks>A mean with softmax's weights is no larger than what it is a mean of. What a cell gives is told by the graph, as no rule about
/// single operators finds it: an interpolation between two bounded vectors is bounded as they are.</remarks>
internal sealed class TensorFacts
{
    private readonly Dictionary<string, double> bounds;
    private readonly Dictionary<string, long> widths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeProto> producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> integers;

    /// <param name="graph">Nodes in topological order.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="known">Bounds of inputs, and of tensors that no rule bounds.</param>
    /// <param name="outer">Of the graph around it, for the body of a loop.</param>
    public TensorFacts(
        GraphProto graph, IReadOnlyDictionary<string, Matrix> weights, IReadOnlyDictionary<string, double> known, TensorFacts? outer = null)
    {
        bounds = new(known, StringComparer.Ordinal);
        integers = outer?.integers ?? graph.Initializer.Where(t => t.DataType == (int)ElementType.Int64)
            .ToDictionary(t => t.Name, t => MemoryMarshal.Cast<byte, long>(t.RawData.Span).ToArray());
        foreach (var (name, weight) in weights)
        {
            bounds[name] = weight.Greatest;
            widths[name] = weight.Columns;
        }

        foreach (var value in graph.Input.Concat(graph.Output))
        {
            if (value.Type.TensorType.Shape.Dim is { Count: > 0 } shape && shape[^1].DimValue > 0)
                widths[value.Name] = shape[^1].DimValue;
        }

        foreach (var node in graph.Node.Where(n => n.OpType != "Cast"))
        {
            for (int output = 0; output < node.Output.Count; output++)
            {
                producers[node.Output[output]] = node;
                bounds.TryAdd(node.Output[output], BoundOf(node));
                widths.TryAdd(node.Output[output], WidthOf(node, output));
            }
        }
    }

    /// <summary>The greatest absolute value that a tensor's elements can have; infinity where none is known.</summary>
    public double Bound(string name) => bounds.GetValueOrDefault(name, double.PositiveInfinity);

    /// <summary>Elements of the last axis; 0 where it is not known.</summary>
    public long Width(string name) => widths.GetValueOrDefault(name);

    /// <summary>The node that computes a tensor; null for inputs and constants.</summary>
    public NodeProto? ProducerOf(string name) => producers.GetValueOrDefault(name);

    /// <summary>An integer attribute; 0 where the node has none.</summary>
    public static long Attribute(NodeProto node, string name) => node.Attribute.FirstOrDefault(a => a.Name == name)?.I ?? 0;

    /// <summary>The body of a loop.</summary>
    public static AttributeProto BodyOf(NodeProto scan) => scan.Attribute.First(a => a.Name == "body");

    private double BoundOf(NodeProto node) => node.OpType switch
    {
        "Tanh" or "Sigmoid" or "Softmax" => 1,
        "Identity" or "Reshape" or "Transpose" or "Squeeze" or "Unsqueeze" or "Slice" or "Split" or "Gather" or "Relu"
            => Bound(node.Input[0]),
        "Concat" => node.Input.Max(Bound),
        "Add" or "Sub" => Bound(node.Input[0]) + Bound(node.Input[1]),
        "Mul" => Bound(node.Input[0]) * Bound(node.Input[1]),
        "MatMul" when ProducerOf(node.Input[0])?.OpType == "Softmax" => Bound(node.Input[1]),
        _ => double.PositiveInfinity,
    };

    private long WidthOf(NodeProto node, int output) => node.OpType switch
    {
        "Concat" when Attribute(node, "axis") == -1 => node.Input.Any(i => Width(i) == 0) ? 0 : node.Input.Sum(Width),
        "Gather" or "ReduceSum" or "Softmax" or "Tanh" or "Sigmoid" or "Relu" or "Identity" => Width(node.Input[0]),
        "Add" or "Sub" or "Mul" or "Div" => Math.Max(Width(node.Input[0]), Width(node.Input[1])),
        "MatMul" => Width(node.Input[1]),
        "Split" when integers.TryGetValue(node.Input[1], out long[]? sizes) => sizes[output],
        "Reshape" => Last(node.Input[1]),
        "Scan" => BodyOf(node).G.Output[output].Type.TensorType.Shape.Dim[^1].DimValue,
        _ => 0,
    };

    // The last number of a shape, which may be put together at run time.
    private long Last(string shape) => integers.TryGetValue(shape, out long[]? numbers) ? Math.Max(numbers[^1], 0)
        : ProducerOf(shape) is { OpType: "Concat" } concat ? Last(concat.Input[^1])
        : 0;
}
