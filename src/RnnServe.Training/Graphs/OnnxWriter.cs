using System.Globalization;
using Google.Protobuf;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Graphs;

/// <summary>Writes the graph that a set of outputs reaches as an ONNX model.</summary>
internal sealed class OnnxWriter
{
    /// <summary>The default operator set's version, and the file format's version that belongs to it.</summary>
    public const int OperatorSet = 21, IrVersion = 10;

    /// <summary>Before a tensor's name, the key under which a model keeps its bound.</summary>
    private const string Bound = "bound/";

    private readonly Dictionary<Value, string> names = [];
    private readonly Dictionary<string, string> constants = [];
    private readonly Action<GraphProto, Value> initialize;
    private readonly GraphProto main = new();
    private int counter;

    private OnnxWriter(Action<GraphProto, Value> initialize) => this.initialize = initialize;

    /// <summary>Writes a model.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="inputs">The graph's inputs in order; each is an input or a parameter that is fed at every run.</param>
    /// <param name="outputs">The graph's outputs by name, in order.</param>
    /// <param name="initialize">
    /// Adds a parameter that is not among the inputs to the graph: a <see cref="TensorProto"/> named as it likes and the
    /// <see cref="NodeProto"/>s, if any, that turn it into the parameter's name.
    /// </param>
    public static ModelProto Write(
        string name,
        IReadOnlyList<Value> inputs,
        IReadOnlyList<(string Name, Value Value)> outputs,
        Action<GraphProto, Value>? initialize = null)
    {
        initialize ??= (_, p) => throw new InvalidOperationException($"Parameter '{p.Name}' is no input and has no data.");
        var writer = new OnnxWriter(initialize);
        writer.main.Name = name;
        foreach (var input in inputs)
        {
            writer.names.Add(input, input.Name!);
            writer.main.Input.Add(Info(input.Name!, input));
        }

        writer.WriteMain(outputs);
        return new()
        {
            IrVersion = IrVersion,
            ProducerName = "RnnServe",
            Graph = writer.main,
            OpsetImport = { new OperatorSetIdProto { Version = OperatorSet } },
            MetadataProps = { writer.Bounds() },
        };
    }

    /// <summary>The bounds that a model's values carried when it was written, by the tensors' names.</summary>
    public static Dictionary<string, double> BoundsOf(ModelProto model) => model.MetadataProps
        .Where(entry => entry.Key.StartsWith(Bound, StringComparison.Ordinal))
        .ToDictionary(
            entry => entry.Key[Bound.Length..], entry => double.Parse(entry.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    private IEnumerable<StringStringEntryProto> Bounds() => names
        .Where(named => named.Key.Bound is not null)
        .Select(named => new StringStringEntryProto { Key = Bound + named.Value, Value = Invariant($"{named.Key.Bound}") });

    private void WriteMain(IReadOnlyList<(string Name, Value Value)> outputs)
    {
        var taken = new HashSet<string>();
        foreach (var (name, value) in outputs)
        {
            // A value that is a leaf, an alias or already has another output's name is copied to its new name.
            if (value.Producer is not (null or CompositeNode) && names.TryAdd(value, name))
                taken.Add(name);
        }

        foreach (var node in Topology.Order(outputs.Select(o => o.Value)).Where(n => !IsInsideSomeBody(n)))
            Write(node, main);
        foreach (var (name, value) in outputs)
        {
            if (!taken.Contains(name))
                main.Node.Add(new NodeProto { OpType = "Identity", Input = { NameOf(value) }, Output = { name } });
            main.Output.Add(Info(name, value));
        }
    }

    // Bodies are reached only through their Scan, whose dependencies are outside: nothing here is in one unless it was built wrongly.
    private static bool IsInsideSomeBody(Node node) => node.Inputs.Any(i => i.Leaf == LeafKind.BodyInput)
        ? throw new InvalidOperationException($"{node} uses a value of a loop's body outside the loop.")
        : false;

    private void Write(Node node, GraphProto graph)
    {
        if (node is CompositeNode composite)
        {
            names[composite.Output] = NameOf(composite.Expansion);
            return;
        }

        var proto = new NodeProto { OpType = node.Op, Name = $"{node.Op}_{counter++}" };
        proto.Input.AddRange(node.Inputs.Select(NameOf));
        proto.Output.AddRange(node.Outputs.Select(NameOf));
        if (node is ScanNode scan)
            proto.Attribute.AddRange(ScanAttributes(scan));
        else if (node.Op == "ConstantOfShape")
            proto.Attribute.Add(
                new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = Zero(node.Output.Type) });
        else
            proto.Attribute.AddRange(node.Attributes.Select(a => Attribute(a.Key, a.Value)));
        graph.Node.Add(proto);
    }

    private IEnumerable<AttributeProto> ScanAttributes(ScanNode scan)
    {
        var body = new GraphProto { Name = $"step_{counter++}" };
        foreach (var placeholder in scan.Body.Placeholders)
            body.Input.Add(Info(NameOf(placeholder), placeholder));

        // A sequence output that is also a state is computed straight into the sequence, and the small state is the copy.
        var outputs = scan.SequenceOutputs.Concat(scan.Body.NextStates).ToList();
        var computed = new HashSet<Value>(scan.BodyNodes.SelectMany(n => n.Outputs));
        foreach (var node in scan.BodyNodes)
            Write(node, body);
        var infos = outputs.ConvertAll(value => OutputOf(value, computed.Remove(value), body));
        body.Output.AddRange(infos.Skip(scan.SequenceOutputs.Count).Concat(infos.Take(scan.SequenceOutputs.Count)));

        yield return new() { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body };
        yield return Attribute("num_scan_inputs", (long)scan.Body.Slices.Count);
        yield return Attribute("scan_input_directions", scan.Reversed.Take(scan.Body.Slices.Count).Select(r => r ? 1L : 0L).ToArray());
        yield return Attribute(
            "scan_output_directions", Enumerable.Repeat(scan.Reversed[^1] ? 1L : 0L, scan.SequenceOutputs.Count).ToArray());
    }

    private ValueInfoProto OutputOf(Value value, bool direct, GraphProto body)
    {
        string name = NameOf(value);
        if (!direct)
        {
            string copy = $"copy_{counter++}";
            body.Node.Add(new NodeProto { OpType = "Identity", Input = { name }, Output = { copy } });
            name = copy;
        }

        return Info(name, value);
    }

    private string NameOf(Value value)
    {
        if (names.TryGetValue(value, out string? name))
            return name;
        if (value.Leaf == LeafKind.Parameter)
            initialize(main, value);
        name = value.Leaf switch
        {
            LeafKind.Constant => ConstantName(value),
            LeafKind.Parameter => value.Name!,
            LeafKind.Input => throw new InvalidOperationException($"Input '{value.Name}' is used but not among the graph's inputs."),
            _ => $"{value.Name ?? value.Producer!.Op}_{counter++}",
        };
        names.Add(value, name);
        return name;
    }

    // Equal constants are stored once: a backward graph repeats its axes and shapes hundreds of times.
    private string ConstantName(Value value)
    {
        string key = $"{value.Type}{value.Shape}{Convert.ToBase64String(value.Data.Span)}";
        if (!constants.TryGetValue(key, out string? name))
        {
            constants.Add(key, name = $"constant_{counter++}");
            main.Initializer.Add(Tensor(name, value.Type, value.Shape.Select(d => d.Factor), value.Data.Span));
        }

        return name;
    }

    private static TensorProto Zero(ElementType type) =>
        Tensor("", type, [1], new byte[type is ElementType.Double or ElementType.Int64 ? 8 : 4]);

    private static ValueInfoProto Info(string name, Value value)
    {
        var shape = new TensorShapeProto();
        foreach (var dim in value.Shape)
            shape.Dim.Add(
                dim.IsConstant ? new TensorShapeProto.Types.Dimension { DimValue = dim.Factor } : new() { DimParam = dim.ToString() });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)value.Type, Shape = shape } } };
    }

    /// <summary>A tensor as a graph stores it; the data are little-endian and row-major.</summary>
    public static TensorProto Tensor(string name, ElementType type, IEnumerable<long> shape, ReadOnlySpan<byte> data) =>
        new() { Name = name, DataType = (int)type, Dims = { shape }, RawData = ByteString.CopyFrom(data) };

    /// <summary>An attribute of a node.</summary>
    public static AttributeProto Attribute(string name, object value) => value switch
    {
        long i => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = i },
        float f => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = f },
        string s => new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(s) },
        long[] list => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { list } },
        _ => throw new ArgumentException($"Attribute '{name}' has type {value.GetType()}."),
    };
}
