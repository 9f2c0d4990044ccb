using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Export;

/// <summary>The fp32 graphs of a bundle whose 8-bit graphs are the default: a server that serves those needs no others.</summary>
internal static class FullPrecision
{
    /// <summary>Takes them out of a bundle. The scores stay: they are of the same weights.</summary>
    /// <param name="folder">The version's folder; it is changed.</param>
    /// <param name="progress">Told if they have to stay.</param>
    public static void LeaveOut(string folder, ProgressReport progress)
    {
        var manifest = BundleReader.Load(folder).Manifest;
        var graphs = manifest.Graphs;
        if (graphs.Default != PrecisionSet.QuantizedName || graphs.Full is not { } full)
        {
            progress.Say($"The {PrecisionSet.FullName} graphs stay, because they are the default.");
            return;
        }

        string[] unused = [.. full.All.Except(graphs.Quantized!.All)];
        var canary = manifest.Canary;
        manifest = manifest with
        {
            Graphs = graphs with { Full = null },
            Files = [.. manifest.Files.Where(file => !unused.Contains(file.Path))],
            Canary = canary?.Answers is { } answers ? canary with { Answers = answers with { Full = null } } : canary,
        };
        File.WriteAllBytes(Path.Combine(folder, ManifestJson.FileName), ManifestJson.Write(manifest));
        foreach (string path in unused)
            File.Delete(Path.Combine(folder, path));
    }
}
