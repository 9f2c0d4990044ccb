using Google.Protobuf;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Bundles;

/// <summary>What is checked in an ONNX file before ONNX Runtime opens it: operators we know, no data from outside the bundle.</summary>
internal static class GraphFile
{
    /// <summary>What data_location says of data in another file.</summary>
    public const int External = 1;

    /// <summary>Nodes, tensors, attributes and what else is a message: two bytes of a file may be one, which takes hundreds in memory. A
    /// translator has some hundreds.</summary>
    private const int MostParts = 200_000;

    private static readonly string[] KnownDomains = ["", "ai.onnx", "com.microsoft"];
    private static readonly MessageParser<ModelOutline> Parser = ModelOutline.Parser.WithDiscardUnknownFields(true);

    /// <param name="folder">The bundle's folder.</param>
    /// <param name="path">Path of the graph inside it.</param>
    /// <param name="listed">Paths that the manifest lists with their hashes.</param>
    /// <exception cref="ModelBundleException">The file is no ONNX graph, or one that is refused.</exception>
    public static void Check(string folder, string path, IReadOnlySet<string> listed)
    {
        ModelOutline model;
        try
        {
            using var file = new FileInMemory(Path.Combine(folder, path));
            if (GraphParts.Count(file.Bytes, GraphPart.Model, MostParts) > MostParts)
                throw new ModelBundleException(path, "", $"more than {MostParts} nodes, attributes and tensors", $"at most {MostParts}");
            model = Parser.ParseFrom(file.Bytes);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new ModelBundleException(path, "", $"bytes that cannot be read ({error.Message.TrimEnd('.')})", "an ONNX graph", error);
        }

        if (model.Graph is null)
            throw new ModelBundleException(path, "graph", "nothing", "an ONNX graph");
        if (model.Functions.Count > 0)
            throw new ModelBundleException(path, "functions", $"the function '{model.Functions[0].Name}'", "a graph without functions");
        foreach (var import in model.OpsetImport)
            CheckDomain(path, "opset_import", import.Domain);
        CheckGraph(path, model.Graph, listed);
    }

    private static void CheckGraph(string path, GraphOutline graph, IReadOnlySet<string> listed)
    {
        if (graph.SparseInitializer.Count > 0)
            throw SparseTensor(path, "sparse_initializer");
        foreach (var tensor in graph.Initializer)
            CheckData(path, tensor, listed);
        foreach (var node in graph.Node)
        {
            CheckDomain(path, $"node '{node.OpType}'", node.Domain);
            foreach (var attribute in node.Attribute)
            {
                if (attribute.SparseTensor is not null || attribute.SparseTensors.Count > 0)
                    throw SparseTensor(path, $"node '{node.OpType}'");
                foreach (var tensor in attribute.T is null ? attribute.Tensors : attribute.Tensors.Append(attribute.T))
                    CheckData(path, tensor, listed);
                foreach (var body in attribute.G is null ? attribute.Graphs : attribute.Graphs.Append(attribute.G))
                    CheckGraph(path, body, listed);
            }
        }
    }

    private static ModelBundleException SparseTensor(string path, string field) => new(path, field, "a sparse tensor", "dense ones");

    private static void CheckDomain(string path, string field, string domain)
    {
        if (!KnownDomains.Contains(domain))
            throw new ModelBundleException(path, field, $"operator domain '{domain}'", "'' or 'com.microsoft'");
    }

    /// <summary>External data must be a file of the bundle: ONNX Runtime would read any path that the process may read.</summary>
    private static void CheckData(string path, TensorOutline tensor, IReadOnlySet<string> listed)
    {
        if (tensor.DataLocation != External)
            return;
        string location = tensor.ExternalData.FirstOrDefault(entry => entry.Key == "location")?.Value ?? "";
        string field = $"external data of '{tensor.Name}'";

        // Of a key that is there twice one program takes the first and another the last.
        if (tensor.ExternalData.DistinctBy(entry => entry.Key).Count() < tensor.ExternalData.Count)
            throw new ModelBundleException(path, field, "a key twice", "each once");
        if (!BundleFiles.IsInside(location))
            throw new ModelBundleException(path, field, $"'{location}'", "a relative path inside the bundle without '..'");

        // A location is relative to the graph's own folder.
        string folder = Path.GetDirectoryName(path)?.Replace('\\', '/') ?? "";
        string inside = folder.Length == 0 ? location : $"{folder}/{location}";
        if (!listed.Contains(inside))
            throw new ModelBundleException(path, field, $"'{location}'", "a file that 'files' lists with its hash");
    }
}
