using Google.Protobuf;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>Writes the best weights of a distillation as a network that stands alone.</summary>
internal static class DistillationExporter
{
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

        double difference = CnnParity.Compare(model, network, weights, photos.Validation());
        if (!(difference <= CnnParity.Tolerance))
        {
            throw new InvalidDataException(
                $"The exported features differ from the training graph's by {difference:G2}; at most {CnnParity.Tolerance:G2} is allowed.");
        }

        progress.Say($"The features of {CnnParity.PhotosCompared} held-out photos equal the training graph's to {difference:G2}.");

        string temporary = folder.Network + ".tmp";
        File.WriteAllBytes(temporary, model);
        File.Move(temporary, folder.Network, overwrite: true);
        return folder.Network;
    }
}
