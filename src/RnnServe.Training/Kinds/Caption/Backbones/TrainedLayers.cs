using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>Layers of a CNN behind its features that are trained on with the captions: convolutions, ReLUs and sums. Fixed normalisations
/// become part of the convolutions before them.</summary>
internal sealed class TrainedLayers
{
    private readonly List<NodeProto> nodes;
    private readonly Dictionary<string, TensorProto> weights;
    private readonly string input;
    private readonly string output;

    private TrainedLayers(List<NodeProto> nodes, Dictionary<string, TensorProto> weights, string input, string output) =>
        (this.nodes, this.weights, this.input, this.output) = (nodes, weights, input, output);

    /// <summary>Takes the layers between two tensors.</summary>
    /// <param name="model">The whole CNN.</param>
    /// <param name="input">The tensor before them, [N, C, rows, columns].</param>
    /// <param name="output">The tensor that they give.</param>
    /// <exception cref="UserException">There are no such layers, or they cannot be trained.</exception>
    public static TrainedLayers Between(ModelProto model, string input, string output)
    {
        var frozen = GraphNodes.Needed(model.Graph.Node, new(StringComparer.Ordinal) { input });
        var nodes = GraphNodes.Needed(model.Graph.Node.Except(frozen), new(StringComparer.Ordinal) { output });
        if (!nodes.Exists(node => node.Input.Contains(input)))
            throw new UserException($"'{output}' is not computed from '{input}', so that no layers between them can be trained.");
        var needed = nodes.SelectMany(node => node.Input).Except(nodes.SelectMany(node => node.Output).Append(input)).ToHashSet();
        var weights = model.Graph.Initializer.Where(t => needed.Contains(t.Name)).ToDictionary(t => t.Name, StringComparer.Ordinal);
        if (needed.FirstOrDefault(name => !weights.ContainsKey(name)) is { } other)
            throw new UserException($"the layers from '{input}' to '{output}' need '{other}' too.");
        if (nodes.Find(node => !IsTrainable(node)) is { } node)
        {
            throw new UserException($"the layer '{node.Output[0]}' is a {node.OpType} that cannot be trained; convolutions (one group, no "
                + "dilation, square), each with a BatchNormalization or none, Relu and Add can.");
        }

        return new(nodes, weights, input, output);
    }

    /// <summary>The layers over features.</summary>
    /// <param name="context">Where the weights are declared; they start as in the CNN.</param>
    /// <param name="features">[N, C, rows, columns], C, rows and columns constants.</param>
    /// <returns>[N, channels, rows, columns], which may be others.</returns>
    public Value Over(LayerContext context, Value features)
    {
        var values = new Dictionary<string, Value>(StringComparer.Ordinal) { [input] = features };
        foreach (var node in nodes)
        {
            var x = values[node.Input[0]];
            values[node.Output[0]] = node.OpType switch
            {
                "Conv" => Convolution(context, node, x),
                "Relu" => x.Relu(),
                "Add" => x + values[node.Input[1]],
                _ => x,     // a normalisation, which is in the convolution
            };
        }

        return values[output];
    }

    private static bool IsTrainable(NodeProto node) => node.OpType switch
    {
        "Relu" or "Add" => true,
        "BatchNormalization" => node.Output.Count == 1,
        "Conv" => Numbers(node, "group", 1) is [1] && Numbers(node, "dilations", 1, 1).All(d => d == 1)
            && Numbers(node, "strides", 1, 1) is [var s, var t] && s == t
            && Numbers(node, "pads", 0, 0, 0, 0) is [var a, var b, var c, var d] && a == b && c == d,
        _ => false,
    };

    private static long[] Numbers(NodeProto node, string name, params long[] usual) =>
        node.Attribute.FirstOrDefault(a => a.Name == name) is { } found ? found.Ints.Count > 0 ? [.. found.Ints] : [found.I] : usual;

    private Value Convolution(LayerContext context, NodeProto node, Value x)
    {
        long[] shape = [.. weights[node.Input[1]].Dims];
        float[] kernel = Numbers(node.Input[1]);
        float[] bias = node.Input.Count > 2 ? Numbers(node.Input[2]) : new float[shape[0]];
        if (nodes.Find(n => n.OpType == "BatchNormalization" && n.Input[0] == node.Output[0]) is { } normalisation)
            (kernel, bias) = Fold(kernel, bias, normalisation);

        string name = $"{CnnGraph.Prefix}.{node.Output[0]}";
        long[] pads = Numbers(node, "pads", 0, 0, 0, 0);
        return x.Conv(
            context.Parameter($"{name}.weight", Initialization.As(kernel), [.. shape.Select(d => (Dim)d)]),
            new(shape[^1], Numbers(node, "strides", 1, 1)[0], pads[0], pads[2]),
            context.Parameter($"{name}.bias", Initialization.As(bias), shape[0]));
    }

    // s = gain / √(variance + ε): s · (w x + b - mean) + bias.
    private (float[] Kernel, float[] Bias) Fold(float[] kernel, float[] before, NodeProto normalisation)
    {
        float epsilon = normalisation.Attribute.FirstOrDefault(a => a.Name == "epsilon")?.F ?? 1e-5f;
        float[][] of = [.. normalisation.Input.Skip(1).Select(Numbers)];
        float[] scale = [.. of[0].Select((gain, i) => gain / MathF.Sqrt(of[3][i] + epsilon))];
        int perOutput = kernel.Length / scale.Length;
        return (
            [.. kernel.Select((w, i) => w * scale[i / perOutput])],
            [.. scale.Select((s, i) => of[1][i] + (s * (before[i] - of[2][i])))]);
    }

    private float[] Numbers(string weight) => weights[weight] is { RawData.IsEmpty: false } stored
        ? MemoryMarshal.Cast<byte, float>(stored.RawData.Span).ToArray()
        : [.. weights[weight].FloatData];
}
