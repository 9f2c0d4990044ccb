using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>A CNN that turns photos into a grid of features: the part of an ONNX graph that one of its tensors needs.</summary>
/// <remarks>Matrices and kernels are rounded to 16 bits when the file is read, as a bundle stores them: features that were computed for a
/// training are those that the bundle computes. Weights of a package's file stay there.</remarks>
internal sealed class Backbone
{
    private Backbone(GraphProto graph, string input, string output, FileManifest? file)
    {
        (Graph, Input, Output) = (graph, input, output);
        Hash = Convert.ToHexStringLower(SHA256.HashData([.. graph.ToByteArray(), .. Encoding.ASCII.GetBytes(file?.Sha256 ?? "")]));
    }

    /// <summary>Nodes and weights; neither inputs nor outputs are declared.</summary>
    public GraphProto Graph { get; }

    /// <summary>The tensor that takes photos, float [N, 3, height, width].</summary>
    public string Input { get; }

    /// <summary>The tensor with the features, float [N, C, rows, columns].</summary>
    public string Output { get; }

    /// <summary>SHA-256 of nodes and weights, wherever these are.</summary>
    public string Hash { get; }

    /// <summary>Layers behind the features that are trained with the captions, if there are any.</summary>
    public TrainedLayers? Trained { get; private set; }

    /// <summary>Reads the file that a recipe names.</summary>
    /// <param name="settings">Names an ONNX model, and the tensor with the features; it need not be an output of the model.</param>
    /// <exception cref="UserException">The file is no such model, or uses what cannot be spliced into a bundle.</exception>
    public static Backbone Load(BackboneSettings settings)
    {
        var file = settings.Package is { } package ? PackageFiles.Describe(package) : null;
        string path = file is null ? settings.Path! : Path.Combine(PackageFiles.Folder, file.Path);
        try
        {
            byte[] content = File.ReadAllBytes(path);
            var weights = file is null ? null : new OutsideWeights(file, content);
            var model = ModelProto.Parser.ParseFrom(content);
            var backbone = Of(model, settings.Output, settings.Channels, weights);
            backbone.Trained = settings.Trained is { } trained ? TrainedLayers.Between(model, settings.Output, trained) : null;
            return backbone;
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or UserException)
        {
            throw new UserException($"Backbone '{path}': {error.Message}", error);
        }
    }

    /// <summary>Takes the part of a model that computes <paramref name="output"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="output">The tensor with the features.</param>
    /// <param name="channels">Order of the colours that it expects.</param>
    /// <param name="outside">Where the weights stay; null: in the graph.</param>
    /// <exception cref="UserException">It uses what cannot be spliced into a bundle.</exception>
    public static Backbone Of(
        ModelProto model, string output, ColourOrder channels = ColourOrder.Rgb, OutsideWeights? outside = null)
    {
        var needed = new HashSet<string>([output], StringComparer.Ordinal);
        var nodes = GraphNodes.Needed(model.Graph.Node, needed);
        if (nodes.Count == 0)
            throw new UserException($"no node computes '{output}'; the outputs are: "
                + $"{string.Join(", ", model.Graph.Output.Select(o => o.Name))}.");
        BackboneOperators.Check(model, nodes);
        var weights = model.Graph.Initializer.Where(t => needed.Contains(t.Name)).ToList();
        if (weights.Find(t => t.DataLocation == TensorProto.Types.DataLocation.External) is { } elsewhere)
            throw new UserException($"its weight '{elsewhere.Name}' is stored in another file; it must be in the model.");

        var graph = new GraphProto { Name = "backbone" };
        string input = InputOf(model.Graph, needed);
        if (channels == ColourOrder.Bgr)
            input = AddReversal(graph, input);
        foreach (var weight in weights)
        {
            if (outside is null)
                Add(graph, weight);
            else
                graph.Initializer.Add(outside.Of(weight));
        }

        graph.Node.AddRange(nodes.Select(BackboneOperators.Modern));
        return new(graph, input, output, outside?.File);
    }

    /// <summary>Adds what turns RGB into the BGR that <paramref name="input"/> is.</summary>
    /// <returns>The name of the RGB tensor.</returns>
    private static string AddReversal(GraphProto graph, string input)
    {
        var (rgb, order) = (input + ".rgb", input + ".order");
        graph.Initializer.Add(OnnxWriter.Tensor(order, ElementType.Int64, [3], MemoryMarshal.AsBytes<long>([2, 1, 0])));
        graph.Node.Add(new NodeProto
        {
            OpType = "Gather",
            Name = input + ".bgr",
            Input = { rgb, order },
            Output = { input },
            Attribute = { OnnxWriter.Attribute("axis", 1L) },
        });
        return rgb;
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
