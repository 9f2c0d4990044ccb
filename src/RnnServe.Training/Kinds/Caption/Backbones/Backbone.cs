using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>A CNN that turns photos into a grid of features: the part of an ONNX graph that one of its tensors needs.</summary>
/// <remarks>Matrices and kernels are rounded to 16 bits when the file is read, as a bundle stores them: features that were computed for a
/// training are those that the bundle computes.</remarks>
internal sealed class Backbone
{
    /// <summary>Versions of the default operator set in which the operators below mean the same.</summary>
    private const int OldestOperatorSet = 13;

    private static readonly HashSet<string> Operators =
    [
        "Add", "AveragePool", "Cast", "Clip", "Concat", "Constant", "Conv", "Div", "Elu", "Flatten", "Gemm", "GlobalAveragePool",
        "GlobalMaxPool", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "MatMul", "MaxPool", "Mul", "PRelu", "Relu", "Sigmoid",
        "Softplus", "Sub", "Tanh", "Transpose",
    ];

    private Backbone(GraphProto graph, string input, string output)
    {
        (Graph, Input, Output) = (graph, input, output);
        Hash = Convert.ToHexStringLower(SHA256.HashData(graph.ToByteArray()));
    }

    /// <summary>Nodes and weights; neither inputs nor outputs are declared.</summary>
    public GraphProto Graph { get; }

    /// <summary>The tensor that takes photos, float [N, 3, height, width].</summary>
    public string Input { get; }

    /// <summary>The tensor with the features, float [N, C, rows, columns].</summary>
    public string Output { get; }

    /// <summary>SHA-256 of nodes and weights.</summary>
    public string Hash { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">An ONNX model.</param>
    /// <param name="output">Name of the tensor with the features; it need not be an output of the model.</param>
    /// <exception cref="UserException">The file is no such model, or uses what cannot be spliced into a bundle.</exception>
    public static Backbone Load(string path, string output)
    {
        try
        {
            return Of(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)), output);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or UserException)
        {
            throw new UserException($"Backbone '{path}': {error.Message}", error);
        }
    }

    /// <summary>Takes the part of a model that computes <paramref name="output"/>.</summary>
    /// <exception cref="UserException">It uses what cannot be spliced into a bundle.</exception>
    public static Backbone Of(ModelProto model, string output)
    {
        long set = model.OpsetImport.FirstOrDefault(o => o.Domain.Length == 0)?.Version ?? 0;
        if (set is < OldestOperatorSet or > OnnxWriter.OperatorSet)
            throw new UserException($"its operator set is {set}; it must be from {OldestOperatorSet} to {OnnxWriter.OperatorSet}.");

        var needed = new HashSet<string>([output], StringComparer.Ordinal);
        var nodes = GraphNodes.Needed(model.Graph.Node, needed);
        if (nodes.Count == 0)
            throw new UserException($"no node computes '{output}'; the outputs are: "
                + $"{string.Join(", ", model.Graph.Output.Select(o => o.Name))}.");
        if (nodes.Find(n => n.Domain.Length > 0 || !Operators.Contains(n.OpType)) is { } other)
            throw new UserException($"its operator '{other.OpType}' is not supported; these are: {string.Join(", ", Operators)}.");

        var weights = model.Graph.Initializer.Where(t => needed.Contains(t.Name)).ToList();
        if (weights.Find(t => t.DataLocation == TensorProto.Types.DataLocation.External) is { } outside)
            throw new UserException($"its weight '{outside.Name}' is stored in another file; it must be in the model.");

        var graph = new GraphProto { Name = "backbone" };
        foreach (var weight in weights)
            Add(graph, weight);
        graph.Node.AddRange(nodes);
        return new(graph, InputOf(model.Graph, needed), output);
    }

    private static string InputOf(GraphProto graph, HashSet<string> needed)
    {
        var weights = graph.Initializer.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        string[] inputs = [.. graph.Input.Select(i => i.Name).Where(name => needed.Contains(name) && !weights.Contains(name))];
        return inputs is [var single]
            ? single
            : throw new UserException($"it needs the inputs {string.Join(", ", inputs)}; it must need one, the photos.");
    }

    // Vectors stay as they are: they are few bytes, and some, such as variances, need the range.
    private static void Add(GraphProto graph, TensorProto weight)
    {
        if (weight.DataType != (int)ElementType.Float || weight.Dims.Count < 2)
        {
            graph.Initializer.Add(weight);
            return;
        }

        var values = weight.RawData.IsEmpty ? [.. weight.FloatData] : MemoryMarshal.Cast<byte, float>(weight.RawData.Span);
        HalfWeights.Add(graph, weight.Name, weight.Dims, values);
    }
}
