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
    public static async Task<IReadOnlyList<string>> LabelsAsync(
        string bundle, LabelledSet set, string? precision, CancellationToken cancellation = default)
    {
        var classifier = await Classifier.LoadAsync(BundleVersions.Find(bundle), Files, new() { Precision = precision }, cancellation);
        await using (classifier)
            return [.. (await classifier.ClassifyAsync(set.Texts, attention: false, cancellation)).Select(answer => answer.Label)];
    }
}
