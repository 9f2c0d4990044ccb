using Google.Protobuf;
using RnnServe.Training.Decoding;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>The graph of a bundle: source, source_mask → logits, attention if there is any. It holds the weights, as 16-bit
/// floats.</summary>
internal static class ClassifyGraph
{
    /// <summary>Writes the graph as an ONNX model.</summary>
    public static byte[] Write(ClassifyRecipe recipe, int vocabulary, ParameterSet weights)
    {
        var network = new ClassifyNetwork(
            new LayerContext(ElementType.Float, training: false), recipe.Model, recipe.Dropout, new(vocabulary, recipe.Labels.Count));
        var source = Value.Input("source", ElementType.Int64, "B", "S");
        var mask = Value.Input("source_mask", ElementType.Float, "B", "S");
        var outputs = ClassifyLoss.Named(network.Classify(source, mask));
        return ExportedGraphs.Write("encoder", [source, mask], [.. outputs], weights).ToByteArray();
    }
}
