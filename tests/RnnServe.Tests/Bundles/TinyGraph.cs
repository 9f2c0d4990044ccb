using Google.Protobuf;
using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Bundles;

/// <summary>Writes small ONNX graphs with random weights, for bundles that are made in tests.</summary>
internal sealed class TinyGraph(string name, int seed)
{
    private const int Float = 1;
    private const int Long = 7;
    private readonly GraphProto graph = new() { Name = name };
    private readonly Random random = new(seed);

    public TinyGraph Input(string name, int type, params object[] shape)
    {
        graph.Input.Add(Value(name, type, shape));
        return this;
    }

    public TinyGraph Output(string name, params object[] shape)
    {
        graph.Output.Add(Value(name, Float, shape));
        return this;
    }

    public string Node(string op, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = op, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        graph.Node.Add(node);
        return output;
    }

    /// <summary>Adds an integer attribute to the last node.</summary>
    public TinyGraph With(string name, long value)
    {
        graph.Node[^1].Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });
        return this;
    }

    /// <summary>Adds a list of integers to the last node.</summary>
    public TinyGraph With(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        graph.Node[^1].Attribute.Add(attribute);
        return this;
    }

    /// <summary>Random weights, uniform in -scale..scale.</summary>
    public string Weights(string name, float scale, params int[] shape)
    {
        int length = shape.Aggregate(1, (a, b) => a * b);
        return Weights(name, [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() * 2) - 1) * scale)], shape);
    }

    public string Weights(string name, float[] values, params int[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = Float };
        tensor.Dims.AddRange(shape.Select(size => (long)size));
        tensor.FloatData.AddRange(values);
        graph.Initializer.Add(tensor);
        return name;
    }

    public string Integers(string name, params long[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = Long };
        tensor.Dims.Add(values.Length);
        tensor.Int64Data.AddRange(values);
        graph.Initializer.Add(tensor);
        return name;
    }

    public void Save(string path)
    {
        var model = new ModelProto { IrVersion = 8, ProducerName = "RnnServe.Tests", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        File.WriteAllBytes(path, model.ToByteArray());
    }

    private static ValueInfoProto Value(string name, int type, object[] shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = type, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(shape.Select(size => size is string symbol
            ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
            : new TensorShapeProto.Types.Dimension { DimValue = (int)size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
