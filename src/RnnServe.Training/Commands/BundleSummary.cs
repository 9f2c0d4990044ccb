using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Training.Export;
using RnnServe.Training.Kinds;

namespace RnnServe.Training.Commands;

/// <summary>What a bundle contains, in words: its manifest, then its graphs.</summary>
internal static class BundleSummary
{
    /// <summary>Checks the bundle and describes it, a line each.</summary>
    /// <exception cref="ModelBundleException">The bundle is not what its manifest says.</exception>
    public static IEnumerable<string> Describe(string folder)
    {
        var bundle = BundleReader.Load(BundleVersions.Find(folder));
        var manifest = bundle.Manifest;
        var (direction, parts) = TrainingKinds.Of(manifest).Describe(manifest);
        yield return $"{manifest.Name} (version {Path.GetFileName(bundle.Folder)}): {manifest.Description}";
        yield return $"  task       {manifest.Task}, {direction}";
        yield return $"  licence    {manifest.Licence}";
        foreach (string part in parts)
            yield return part;
        foreach (var metric in manifest.Metrics)
            yield return Invariant($"  metric     {metric.Value:F2} on {metric.DataSet} ({metric.Method})");
        if (manifest.Training is { } training)
        {
            string steps = Invariant($"{training.Steps:N0} steps");
            yield return $"  training   {training.Recipe}, seed {training.Seed}, {steps} on {training.Data}, {training.Date}";
        }

        foreach (var file in manifest.Files)
        {
            string of = file.Package is null ? "" : $" of {file.Package}";
            yield return Invariant($"  file       {file.Path}{of}, {file.Bytes:N0} bytes, SHA-256 {file.Sha256}");
        }

        var graphs = new[] { manifest.Graphs.Full, manifest.Graphs.Quantized }.OfType<GraphFiles>();
        foreach (string graph in graphs.SelectMany(g => g.All).Distinct())
        {
            yield return "";
            foreach (string line in GraphSummary.Describe(Path.Combine(bundle.Folder, graph)))
                yield return line;
        }
    }
}
