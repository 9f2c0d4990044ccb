using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>Compares the features of a folded network for images with those of the training graph.</summary>
internal static class CnnParity
{
    /// <summary>Greatest difference between the features of the folded network and those of the training graph.</summary>
    public const double Tolerance = 1e-4;

    public const int PhotosCompared = 32;

    /// <summary>The greatest difference between a folded network's features and those of the training graph.</summary>
    /// <param name="model">The folded network.</param>
    /// <param name="network">Its sizes.</param>
    /// <param name="weights">The training graph's weights.</param>
    /// <param name="batches">With the input image; disposed. As many are taken as the comparison needs.</param>
    public static double Compare(byte[] model, ResidualSettings network, ParameterSet weights, IEnumerable<Batch> batches)
    {
        var context = new LayerContext(ElementType.Float, training: false);
        var image = ResidualNetwork.Image(network, ElementType.Float);
        var expected = new ResidualNetwork(context, CnnGraph.Prefix, network, NormalisationForm.Fixed).Features(image);
        Value[] inputs = [image, .. context.Parameters.Select(p => p.Value)];
        using var training = new Session(OnnxWriter.Write("features", inputs, [("features", expected)]).ToByteArray());
        using var exported = new Session(model);
        Tensor[] given = [.. context.Parameters.Select(p => weights[p.Value.Name!].Value)];

        double greatest = 0;
        int compared = 0;
        foreach (var batch in batches)
        {
            using (batch)
                greatest = Math.Max(greatest, Difference(training, exported, batch.Inputs["image"], given));
            if ((compared += batch.Sentences) >= PhotosCompared)
                break;
        }

        return greatest;
    }

    private static double Difference(Session training, Session exported, Tensor image, Tensor[] weights)
    {
        using var expected = training.Run([image, .. weights]);
        using var found = exported.Run(image);
        double greatest = 0;
        Span<float> e = expected.AsSpan<float>(), f = found.AsSpan<float>();
        for (int i = 0; i < e.Length; i++)
            greatest = Math.Max(greatest, Math.Abs((double)e[i] - f[i]));
        return greatest;
    }
}
