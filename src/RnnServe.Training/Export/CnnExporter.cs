using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>Writes the best weights of a distillation as a network that stands alone.</summary>
internal static class CnnExporter
{
    /// <summary>Greatest difference between the features of the file and those of the training graph.</summary>
    public const double Tolerance = 1e-4;

    private const int PhotosCompared = 32;

    /// <summary>Writes features.onnx into the run's folder, once its features equal the training graph's.</summary>
    /// <param name="network">The network.</param>
    /// <param name="channels">The teacher's channels, which the checkpoint's head has.</param>
    /// <param name="photos">Held-out photos to compare on.</param>
    /// <param name="folder">The training's folder.</param>
    /// <param name="progress">Told how far the features are apart.</param>
    /// <returns>The file.</returns>
    /// <exception cref="InvalidDataException">The features differ.</exception>
    public static string Export(ResidualSettings network, int channels, PhotoBatches photos, RunFolder folder, ProgressReport progress)
    {
        var loss = Distillation.Build(network, channels, training: false);
        using var weights = ExportedWeights.Declare(loss);
        Checkpoints.LoadAverages(folder.Best, weights);
        byte[] model = CnnGraph.Write(network, weights).ToByteArray();

        double difference = Compare(model, network, weights, photos.Validation());
        if (!(difference <= Tolerance))
        {
            throw new InvalidDataException(
                $"The exported features differ from the training graph's by {difference:G2}; at most {Tolerance:G2} is allowed.");
        }

        progress.Say($"The features of {PhotosCompared} held-out photos equal the training graph's to {difference:G2}.");

        string temporary = folder.Network + ".tmp";
        File.WriteAllBytes(temporary, model);
        File.Move(temporary, folder.Network, overwrite: true);
        return folder.Network;
    }

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
