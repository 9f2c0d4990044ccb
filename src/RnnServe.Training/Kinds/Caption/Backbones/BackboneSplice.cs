using Google.Protobuf.Collections;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>Puts a backbone in front of a graph.</summary>
internal static class BackboneSplice
{
    private const string Prefix = "backbone/";

    /// <summary>The model with its input <paramref name="features"/> computed from photos.</summary>
    /// <param name="model">Takes features, [B, C, rows, columns]; left as it is.</param>
    /// <param name="features">Name of that input.</param>
    /// <param name="backbone">Computes them.</param>
    /// <param name="image">Name of the new input, float [B, 3, <paramref name="size"/>, <paramref name="size"/>].</param>
    /// <param name="size">Width and height of a photo in pixels.</param>
    public static ModelProto Before(ModelProto model, string features, Backbone backbone, string image, int size)
    {
        var (result, cnn) = (model.Clone(), backbone.Graph.Clone());
        string Renamed(string name) => name.Length == 0 ? ""
            : name == backbone.Input ? image
            : name == backbone.Output ? features
            : Prefix + name;
        foreach (var node in cnn.Node)
        {
            node.Name = Prefix + node.Name;
            Rename(node.Input, Renamed);
            Rename(node.Output, Renamed);
        }

        foreach (var weight in cnn.Initializer)
            weight.Name = Prefix + weight.Name;

        var graph = result.Graph;
        cnn.Node.AddRange(graph.Node);
        graph.Node.Clear();
        graph.Node.AddRange(cnn.Node);
        graph.Initializer.AddRange(cnn.Initializer);
        graph.Input.Remove(graph.Input.Single(i => i.Name == features));
        graph.Input.Insert(0, Photos(image, size));
        return result;
    }

    private static void Rename(RepeatedField<string> names, Func<string, string> change)
    {
        for (int i = 0; i < names.Count; i++)
            names[i] = change(names[i]);
    }

    private static ValueInfoProto Photos(string name, int size)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "B" } } };
        shape.Dim.AddRange(new long[] { 3, size, size }.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)ElementType.Float, Shape = shape } } };
    }
}
