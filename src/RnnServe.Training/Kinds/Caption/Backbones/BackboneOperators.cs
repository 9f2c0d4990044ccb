using RnnServe.Inference.Onnx;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>What a CNN may consist of, and what its nodes are in the operator set of bundles.</summary>
internal static class BackboneOperators
{
    /// <summary>Oldest version of the default operator set whose operators mean what they mean in a bundle's, the exceptions below
    /// aside.</summary>
    private const int OldestSet = 8;

    /// <summary>The first set in which Clip has its limits as inputs.</summary>
    private const int ClipSet = 11;

    /// <summary>ONNX Runtime multiplies batch normalisations into convolutions when it opens a graph.</summary>
    private const string BatchNormalization = "BatchNormalization";

    private static readonly HashSet<string> Known =
    [
        "Add", "AveragePool", BatchNormalization, "Cast", "Clip", "Concat", "Constant", "Conv", "Div", "Elu", "Flatten", "Gemm",
        "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "MatMul", "MaxPool", "Mul", "PRelu",
        "Relu", "Sigmoid", "Softplus", "Sub", "Tanh", "Transpose",
    ];

    /// <exception cref="UserException">A node, or the operator set, cannot be in a bundle.</exception>
    public static void Check(ModelProto model, IReadOnlyList<NodeProto> nodes)
    {
        long set = model.OpsetImport.FirstOrDefault(o => o.Domain.Length == 0)?.Version ?? 0;
        if (set is < OldestSet or > OnnxWriter.OperatorSet)
            throw new UserException($"its operator set is {set}; it must be from {OldestSet} to {OnnxWriter.OperatorSet}.");
        if (nodes.FirstOrDefault(n => n.Domain.Length > 0 || !Known.Contains(n.OpType)) is { } other)
            throw new UserException($"its operator '{other.OpType}' is not supported; these are: {string.Join(", ", Known)}.");
        if (set < ClipSet && nodes.Any(n => n.OpType == "Clip"))
            throw new UserException($"its operator set is {set}; with 'Clip' it must be {ClipSet} or later.");
        if (nodes.FirstOrDefault(n => n.OpType == BatchNormalization && !IsFixed(n)) is { } normalisation)
            throw new UserException($"its normalisation '{normalisation.Name}' is not that of a trained network, by channel.");
    }

    /// <summary>A node as it is written in the present operator set.</summary>
    public static NodeProto Modern(NodeProto node)
    {
        if (node.OpType != BatchNormalization)
            return node;
        var modern = node.Clone();
        modern.Attribute.Clear();
        modern.Attribute.AddRange(node.Attribute.Where(a => a.Name == "epsilon"));
        return modern;
    }

    private static bool IsFixed(NodeProto node) => node.Output.Count == 1
        && TensorFacts.Attribute(node, "training_mode") == 0 && node.Attribute.All(a => a.Name != "spatial" || a.I == 1);
}
