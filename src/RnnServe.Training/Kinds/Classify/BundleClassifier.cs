using RnnServe.Inference.Kinds.Classify;
using RnnServe.Inference.Scheduling;
using RnnServe.Training.Export;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Classifies files with a bundle in this process.</summary>
internal static class BundleClassifier
{
    // Nobody else waits, so as much is admitted as may be.
    private static readonly BatchingOptions Files = new() { MaxQueued = 1_000_000 };

    /// <summary>Gives labels to the texts of a set.</summary>
    /// <param name="bundle">Folder of the model or of one version.</param>
    /// <param name="set">The texts.</param>
    /// <param name="precision">Which graphs; null for the bundle's default.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>A label for each text.</returns>
    /// <exception cref="UserException">The set has a label that the model never gives.</exception>
    public static async Task<IReadOnlyList<string>> LabelsAsync(
        string bundle, LabelledSet set, string? precision, CancellationToken cancellation = default)
    {
        var classifier = await Classifier.LoadAsync(BundleVersions.Find(bundle), Files, new() { Precision = precision }, cancellation);
        await using (classifier)
        {
            Check(set, ((ClassifyManifest)classifier.Bundle.Manifest).Classify.Labels);
            return [.. (await classifier.ClassifyAsync(set.Texts, attention: false, cancellation)).Select(answer => answer.Label)];
        }
    }

    private static void Check(LabelledSet set, IReadOnlyList<string> given)
    {
        if (set.Labels.Except(given).FirstOrDefault() is not { } unknown)
            return;
        throw new UserException(
            $"'{set.Name}' has the label '{unknown}', which the model never gives: its labels are {string.Join(", ", given)}. "
            + $"Say what stands for them in the file, as in --labels {given[0]}={unknown}.");
    }
}
