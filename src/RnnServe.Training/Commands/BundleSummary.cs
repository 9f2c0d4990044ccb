using RnnServe.Inference.Bundles;

namespace RnnServe.Training.Commands;

/// <summary>What a bundle contains, in words: its manifest, then its graphs.</summary>
internal static class BundleSummary
{
    /// <summary>The folder itself when it is a version, else its highest version.</summary>
    /// <exception cref="InvalidDataException">Neither it nor a version in it has a manifest.</exception>
    public static string FindVersion(string folder)
    {
        if (File.Exists(Path.Combine(folder, "model.json")))
            return folder;

        var versions = ModelBundle.Versions(folder);
        return versions.Count > 0
            ? versions[0].Folder
            : throw new InvalidDataException($"'{folder}' is no bundle: it has no model.json and no version folder.");
    }

    /// <summary>Checks the bundle and describes it, a line each.</summary>
    /// <exception cref="ModelBundleException">The bundle is not what its manifest says.</exception>
    public static IEnumerable<string> Describe(string folder)
    {
        var bundle = ModelBundle.Load(FindVersion(folder));
        var manifest = bundle.Manifest;
        yield return $"{manifest.Name} (version {Path.GetFileName(bundle.Folder)}): {manifest.Description}";
        yield return $"  task       {manifest.Task}, {manifest.Languages.Source ?? "image"} to {manifest.Languages.Target}";
        yield return $"  licence    {manifest.Licence}";
        yield return $"  decoder    {manifest.Decoder.VocabularySize} tokens, attention {(manifest.Decoder.Attention ? "yes" : "no")}, "
            + $"state {string.Join(", ", manifest.Decoder.States.Select(s => $"{s.Name} {s.Size}"))}";
        yield return Invariant($"  decoding   beam {manifest.Decoding.BeamSize}, length penalty {manifest.Decoding.LengthPenalty}");
        foreach (var metric in manifest.Metrics)
            yield return Invariant($"  metric     {metric.Value:F2} on {metric.DataSet} ({metric.Method})");
        if (manifest.Training is { } training)
            yield return Invariant($"  training   {training.Recipe}, seed {training.Seed}, {training.Steps:N0} steps on {training.Data}, {training.Date}");
        foreach (var file in manifest.Files)
            yield return Invariant($"  file       {file.Path}, {file.Bytes:N0} bytes, SHA-256 {file.Sha256}");

        var graphs = new[] { manifest.Graphs.Full, manifest.Graphs.Quantized }.OfType<GraphFiles>();
        foreach (string graph in graphs.SelectMany(g => new[] { g.Encoder, g.Decoder }).Distinct())
        {
            yield return "";
            foreach (string line in GraphSummary.Describe(Path.Combine(bundle.Folder, graph)))
                yield return line;
        }
    }
}
