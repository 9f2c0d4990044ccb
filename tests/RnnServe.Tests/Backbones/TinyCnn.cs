using System.Runtime.InteropServices;
using Google.Protobuf;
using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Backbones;

/// <summary>A CNN with fixed pseudo-random weights, as an ONNX file: two strided convolutions, an average over cells, and a classifier.</summary>
/// <remarks>Photos [N, 3, H, W] give "early" [N, 16, H/2, W/2], "deep" [N, 40, H/8, W/8] and "classes" [N, 5].</remarks>
internal static class TinyCnn
{
    public const int Early = 16, Deep = 40;

    public static ModelProto Model(int operatorSet = 17)
    {
        var graph = new GraphProto { Name = "tiny" };
        graph.Input.Add(Info("photo", "N", 3, "H", "W"));
        graph.Output.AddRange([Info("deep", "N", Deep, "Y", "X"), Info("classes", "N", 5)]);
        graph.Initializer.AddRange(
        [
            Weight("kernel1", 1, 0.35f, Early, 3, 5, 5), Weight("bias1", 2, 0.3f, Early), Weight("kernel2", 3, 0.15f, Deep, Early, 3, 3),
            Weight("bias2", 4, 0.2f, Deep), Weight("head", 5, 0.1f, Deep, 5),
        ]);
        graph.Node.AddRange(
        [
            Node("Conv", "sum1", ["photo", "kernel1", "bias1"], Ints("pads", 2, 2, 2, 2), Ints("strides", 2, 2)), Node("Relu", "early", ["sum1"]),
            Node("Conv", "sum2", ["early", "kernel2", "bias2"], Ints("pads", 1, 1, 1, 1), Ints("strides", 2, 2)), Node("Relu", "act2", ["sum2"]),
            Node("AveragePool", "deep", ["act2"], Ints("kernel_shape", 2, 2), Ints("strides", 2, 2)),
            Node("GlobalAveragePool", "mean", ["deep"]), Node("Flatten", "flat", ["mean"]), Node("MatMul", "classes", ["flat", "head"]),
        ]);
        return new() { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = operatorSet } } };
    }

    /// <summary>Writes the file and returns its path.</summary>
    public static string Write(string folder)
    {
        string path = Path.Combine(folder, "cnn.onnx");
        File.WriteAllBytes(path, Model().ToByteArray());
        return path;
    }

    public static NodeProto Node(string op, string output, string[] inputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = op, Name = output, Output = { output } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static TensorProto Weight(string name, int seed, float size, params long[] shape)
    {
        var random = new Random(seed);
        float[] values = [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => size * ((2 * random.NextSingle()) - 1))];
        var tensor = new TensorProto { Name = name, DataType = (int)ElementType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    public static ValueInfoProto Info(string name, params object[] dims)
    {
        var shape = new TensorShapeProto();
        foreach (var dim in dims)
            shape.Dim.Add(dim is int n ? new TensorShapeProto.Types.Dimension { DimValue = n } : new() { DimParam = (string)dim });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)ElementType.Float, Shape = shape } } };
    }
}
