using System.Globalization;
using Google.Protobuf;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Bundles;

/// <summary>A graph with the weights that its bundle keeps in other files.</summary>
/// <remarks>ONNX Runtime maps such files for as long as it has the graph open, and a mapped file that is cut short ends the process: a copy
/// into the folder of a model that answers would.</remarks>
internal static class InlinedGraph
{
    /// <summary>A protobuf message has less than 2 GiB.</summary>
    private const long Most = int.MaxValue / 2;

    /// <summary>Reads a graph that <see cref="GraphFile"/> has checked, some of whose weights are in other files.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="path">Path of the graph inside it.</param>
    /// <returns>Null where only ONNX Runtime can say what is wrong with them.</returns>
    public static byte[]? Of(string folder, string path)
    {
        string file = Path.Combine(folder, path);
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file));
        var outside = Tensors(model.Graph).Where(tensor => (int)tensor.DataLocation == GraphFile.External).ToList();
        long total = 0;
        foreach (var tensor in outside)
        {
            if (Read(Path.GetDirectoryName(file)!, tensor) is not { } data || (total += data.Length) > Most)
                return null;
            tensor.RawData = data;
            tensor.ExternalData.Clear();
            tensor.DataLocation = default;
        }

        return model.ToByteArray();
    }

    private static ByteString? Read(string folder, TensorProto tensor)
    {
        using var stream = File.OpenRead(Path.Combine(folder, Entry("location")!));
        long offset = Number("offset") ?? 0;
        long length = Number("length") ?? stream.Length - offset;
        if (offset < 0 || length is < 0 or > Most || offset + length > stream.Length)
            return null;
        byte[] data = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(data);
        return UnsafeByteOperations.UnsafeWrap(data);

        string? Entry(string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;

        long? Number(string key) =>
            long.TryParse(Entry(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
    }

    private static IEnumerable<TensorProto> Tensors(GraphProto graph) => graph.Initializer.Concat(graph.Node
        .SelectMany(node => node.Attribute)
        .SelectMany(attribute => Own(attribute).Concat(Bodies(attribute).SelectMany(Tensors))));

    private static IEnumerable<TensorProto> Own(AttributeProto attribute) =>
        attribute.T is null ? attribute.Tensors : attribute.Tensors.Append(attribute.T);

    private static IEnumerable<GraphProto> Bodies(AttributeProto attribute) =>
        attribute.G is null ? attribute.Graphs : attribute.Graphs.Append(attribute.G);
}
