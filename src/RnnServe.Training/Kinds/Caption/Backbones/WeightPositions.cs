using System.Text;
using RnnServe.Inference.Bundles;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>Where in an ONNX file the numbers of its weights are, for graphs that use them without holding them.</summary>
internal static class WeightPositions
{
    // Fields of onnx.proto: of a model, a graph, a tensor.
    private const int Graph = 7, Initializer = 5, FloatData = 4, Name = 8, RawData = 9;

    /// <summary>Offset and length in bytes of each weight that is stored in one piece.</summary>
    /// <param name="file">The model.</param>
    public static Dictionary<string, (int Offset, int Length)> Of(ReadOnlySpan<byte> file)
    {
        var found = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        for (var model = file; !model.IsEmpty;)
        {
            var (part, graph) = WireField.Read(ref model);
            while (part == Graph && !graph.IsEmpty)
            {
                var (field, tensor) = WireField.Read(ref graph);
                if (field == Initializer)
                    Add(found, file, tensor);
            }
        }

        return found;
    }

    private static void Add(Dictionary<string, (int Offset, int Length)> found, ReadOnlySpan<byte> file, ReadOnlySpan<byte> tensor)
    {
        var (name, position) = ("", (Offset: 0, Length: 0));
        while (!tensor.IsEmpty)
        {
            var (field, content) = WireField.Read(ref tensor);
            if (field == Name)
                name = Encoding.UTF8.GetString(content);
            else if (field is FloatData or RawData && file.Overlaps(content, out int offset))
                position = (offset, content.Length);
        }

        found[name] = position;
    }
}
