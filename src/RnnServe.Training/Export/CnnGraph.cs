using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>A trained network for images as an ONNX model that any ONNX program can run: image → features.</summary>
internal static class CnnGraph
{
    /// <summary>Prefix of the network's parameters.</summary>
    public const string Prefix = "cnn";

    /// <summary>Whether a parameter is a CNN's.</summary>
    public static bool IsOfCnn(Parameter parameter) => parameter.Name.StartsWith(Prefix + ".", StringComparison.Ordinal);

    /// <summary>Writes the network with its normalisations folded into the convolutions.</summary>
    /// <param name="settings">Sizes.</param>
    /// <param name="weights">Parameters with the prefix <see cref="Prefix"/>, running averages included; others are left out.</param>
    /// <returns>Input image [B, 3, size, size], output features [B, last width, grid, grid].</returns>
    public static ModelProto Write(ResidualSettings settings, ParameterSet weights)
    {
        var network = new ResidualNetwork(new(ElementType.Float, training: false), Prefix, settings, NormalisationForm.Folded);
        var image = ResidualNetwork.Image(settings, ElementType.Float);
        return OnnxWriter.Write("cnn", [image], [("features", network.Features(image))], Add);

        void Add(GraphProto graph, Value parameter) => graph.Initializer.Add(OnnxWriter.Tensor(
            parameter.Name!,
            ElementType.Float,
            parameter.Shape.Select(d => d.Factor),
            MemoryMarshal.AsBytes<float>(Folding.Fold(parameter.Name!, weights))));
    }
}
