using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Kinds;

/// <summary>Reads bundles from disk, of any kind.</summary>
public static class BundleReader
{
    /// <summary>Reads a version's folder and checks every file against the manifest.</summary>
    /// <param name="folder">The version's folder, such as <c>models/multi30k-en-de/1</c>.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged or contradicts the manifest.</exception>
    public static ModelBundle Load(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            var manifest = ReadManifest(folder);
            BundleFiles.Check(folder, manifest.Files);
            CheckGraphs(folder, manifest);
            return new ModelBundle(folder, manifest);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelBundleException(Path.GetFileName(folder), "", error.Message.TrimEnd('.'), "files that can be read", error);
        }
    }

    private static ModelManifest ReadManifest(string folder)
    {
        string path = BundleFiles.Resolve(folder, ManifestJson.FileName, "");
        return ManifestJson.Read(File.ReadAllBytes(path));
    }

    private static void CheckGraphs(string folder, ModelManifest manifest)
    {
        // Weights outside the graphs are all in one folder: the bundle's, or the program's.
        bool packages = manifest.Files.Any(f => f.Package is not null);
        var listed = manifest.Files.Where(f => f.Package is not null == packages).Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        foreach (string precision in PrecisionSet.Names)
        {
            if (manifest.Graphs.Of(precision) is not { } graphs)
                continue;
            foreach (string graph in graphs.All)
                GraphFile.Check(folder, graph, listed);
        }
    }
}
