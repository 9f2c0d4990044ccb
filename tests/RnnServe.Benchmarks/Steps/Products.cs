using System.Diagnostics;
using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;
using RnnServe.Training.Export;

namespace RnnServe.Benchmarks;

/// <summary>
/// The products of rows with weight matrices that a decoder's step consists of, and nothing else of it: the same weights, the same
/// precision, the same kernels.
/// </summary>
/// <remarks>Products with a vector, such as additive attention's last one, are sums over few numbers and belong to what is left out.</remarks>
internal sealed class Products : IDisposable
{
    private const string FloatProduct = "MatMul", TransposableProduct = "Gemm", ByteProduct = "MatMulIntegerToFloat";

    private readonly Session session;
    private readonly List<(ElementType Type, long Columns)> inputs = [];
    private readonly List<long> outputs = [];
    private Tensor[] rows = [];
    private Tensor?[] results = [];

    /// <param name="sessions">A bundle in the precision to measure.</param>
    public Products(ModelSessions sessions)
    {
        var files = sessions.Bundle.Manifest.Graphs.Of(sessions.Precision)!;
        var decoder = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(sessions.Bundle.Folder, files.Decoder!)));
        session = new Session(Only(decoder).ToByteArray());
    }

    /// <summary>Multiplications and additions of one row.</summary>
    public double OperationsPerRow { get; private set; }

    /// <summary>Sizes of the weights, such as "384 x 1536".</summary>
    public List<string> Shapes { get; } = [];

    /// <summary>Gives room for as many rows, filled with what the kernels' speed does not depend on.</summary>
    public void Prepare(int count)
    {
        Free();
        rows = [.. inputs.Select(input => Filled(input.Type, count, input.Columns))];
        results = [.. outputs.Select(columns => Tensor.Allocate(ElementType.Float, count, columns))];
    }

    /// <summary>Runs all products several times.</summary>
    /// <returns>Microseconds of one run, the mean.</returns>
    public double Time(int runs)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < runs; run++)
            session.Run(rows, results);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / runs;
    }

    public void Dispose()
    {
        Free();
        session.Dispose();
    }

    /// <summary>A graph of the products alone: their constants, and inputs in place of whatever computes their rows.</summary>
    private ModelProto Only(ModelProto decoder)
    {
        var whole = decoder.Graph;
        var shapes = whole.Initializer.ToDictionary(t => t.Name, t => t.Dims.ToArray(), StringComparer.Ordinal);
        foreach (var (name, weight) in Matrix.Of(whole))
            shapes[name] = [weight.Rows, weight.Columns];
        var part = new GraphProto { Name = "products" };
        foreach (var node in whole.Node.Where(n => n.OpType is FloatProduct or TransposableProduct or ByteProduct))
        {
            if (!shapes.TryGetValue(node.Input[1], out long[]? shape) || shape.Length != 2 || shape.Min() < 2)
                continue;
            Add(part, node.Clone(), TensorFacts.Attribute(node, "transB") == 1 ? [shape[1], shape[0]] : shape);
        }

        // What the products read: constants, and casts of weights that are stored with 16 bits.
        var read = part.Node.SelectMany(n => n.Input.Skip(1)).ToHashSet(StringComparer.Ordinal);
        NodeProto[] casts = [.. whole.Node.Where(n => n.OpType == "Cast" && read.Contains(n.Output[0]))];
        read.UnionWith(casts.Select(cast => cast.Input[0]));
        part.Initializer.Add(whole.Initializer.Where(t => read.Contains(t.Name)));
        NodeProto[] products = [.. part.Node];
        part.Node.Clear();
        part.Node.Add(casts.Concat(products));
        return new ModelProto { IrVersion = decoder.IrVersion, Graph = part, OpsetImport = { decoder.OpsetImport } };
    }

    private void Add(GraphProto part, NodeProto product, long[] shape)
    {
        var type = product.OpType == ByteProduct ? ElementType.UInt8 : ElementType.Float;
        product.Input[0] = $"rows_{inputs.Count}";
        inputs.Add((type, shape[0]));
        outputs.Add(shape[1]);
        Shapes.Add($"{shape[0]} x {shape[1]}");
        OperationsPerRow += 2.0 * shape[0] * shape[1];
        part.Input.Add(Rows(product.Input[0], type, shape[0]));
        part.Output.Add(Rows(product.Output[0], ElementType.Float, shape[1]));
        part.Node.Add(product);
    }

    private static ValueInfoProto Rows(string name, ElementType type, long columns) => new()
    {
        Name = name,
        Type = new()
        {
            TensorType = new() { ElemType = (int)type, Shape = new() { Dim = { new[] { Named("N"), Sized(columns) } } } },
        },
    };

    private static TensorShapeProto.Types.Dimension Named(string symbol) => new() { DimParam = symbol };

    private static TensorShapeProto.Types.Dimension Sized(long size) => new() { DimValue = size };

    private static Tensor Filled(ElementType type, int count, long columns)
    {
        var random = new Random(1);
        var tensor = Tensor.Allocate(type, count, columns);
        if (type == ElementType.UInt8)
            random.NextBytes(tensor.AsSpan<byte>());
        else
            foreach (ref float value in tensor.AsSpan<float>())
                value = random.NextSingle() - 0.5f;
        return tensor;
    }

    private void Free()
    {
        foreach (var tensor in rows.Concat(results))
            tensor?.Dispose();
    }
}
