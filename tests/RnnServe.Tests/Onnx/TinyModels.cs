using Google.Protobuf;
using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Onnx;

/// <summary>ONNX models of a node or two, written by hand.</summary>
internal static class TinyModels
{
    /// <summary>y = x, for any element type; shape ["rows", 3].</summary>
    public static byte[] Identity(ElementType type) =>
        Model([Node("Identity", ["x"], ["y"])], [Value("x", type, "rows", 3)], [Value("y", type, "rows", 3)]);

    /// <summary>sum = a + b and product = a * b; float ["rows", 3].</summary>
    public static byte[] SumAndProduct() =>
        Model(
            [Node("Add", ["a", "b"], ["sum"]), Node("Mul", ["a", "b"], ["product"])],
            [Value("a", ElementType.Float, "rows", 3), Value("b", ElementType.Float, "rows", 3)],
            [Value("sum", ElementType.Float, "rows", 3), Value("product", ElementType.Float, "rows", 3)]);

    /// <summary>total = the sum of <paramref name="inputs"/> scalars x0, x1 ...; and each of them again as y0, y1 ...</summary>
    public static byte[] Wide(int inputs)
    {
        string[] names = [.. Enumerable.Range(0, inputs).Select(i => $"x{i}")];
        return Model(
            [Node("Sum", names, ["total"]), .. names.Select(name => Node("Identity", [name], [name.Replace('x', 'y')]))],
            [.. names.Select(name => Value(name, ElementType.Float))],
            [Value("total", ElementType.Float), .. names.Select(name => Value(name.Replace('x', 'y'), ElementType.Float))]);
    }

    /// <summary>result = start + trips, one addition per trip of a Loop; float [].</summary>
    public static byte[] Counter()
    {
        var body = new GraphProto { Name = "body" };
        body.Input.AddRange([Value("i", ElementType.Int64), Value("condition", ElementType.Bool), Value("value", ElementType.Float)]);
        body.Initializer.Add(new TensorProto { Name = "one", DataType = (int)ElementType.Float, FloatData = { 1 } });
        body.Node.AddRange([Node("Identity", ["condition"], ["next_condition"]), Node("Add", ["value", "one"], ["next_value"])]);
        body.Output.AddRange([Value("next_condition", ElementType.Bool), Value("next_value", ElementType.Float)]);

        var loop = Node("Loop", ["trips", "", "start"], ["result"]);
        loop.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body });
        return Model([loop], [Value("trips", ElementType.Int64), Value("start", ElementType.Float)], [Value("result", ElementType.Float)]);
    }

    /// <summary>y = a sequence that holds x: a model that loads, with an output that is not a tensor.</summary>
    public static byte[] SequenceOutput()
    {
        // sequence_type, field 4 of TypeProto, which onnx.proto leaves out: a sequence of float tensors.
        byte[] sequence = [0x22, 0x06, 0x0a, 0x04, 0x0a, 0x02, 0x08, 0x01];
        var output = new ValueInfoProto { Name = "y", Type = TypeProto.Parser.ParseFrom(sequence) };
        return Model([Node("SequenceConstruct", ["x"], ["y"])], [Value("x", ElementType.Float, 1)], [output]);
    }

    public static NodeProto Node(string op, string[] inputs, string[] outputs) =>
        new() { OpType = op, Input = { inputs }, Output = { outputs } };

    /// <summary>A tensor; a dimension is a number or a name.</summary>
    public static ValueInfoProto Value(string name, ElementType type, params object[] shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (object size in shape)
        {
            dimensions.Dim.Add(size is string text
                ? new TensorShapeProto.Types.Dimension { DimParam = text }
                : new TensorShapeProto.Types.Dimension { DimValue = (int)size });
        }

        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = dimensions } } };
    }

    public static byte[] Model(NodeProto[] nodes, ValueInfoProto[] inputs, ValueInfoProto[] outputs)
    {
        var graph = new GraphProto { Name = "tiny", Node = { nodes }, Input = { inputs }, Output = { outputs } };
        return new ModelProto
        {
            IrVersion = 8,
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
        }.ToByteArray();
    }
}
