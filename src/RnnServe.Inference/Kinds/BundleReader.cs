using System.Security.Cryptography;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Kinds;

/// <summary>Reads bundles from disk, of any kind.</summary>
public static class BundleReader
{
    /// <summary>Reads a version's folder and checks every file against the manifest.</summary>
    /// <param name="folder">The version's folder, such as <c>models/multi30k-en-de/1</c>.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged or contradicts the manifest.</exception>
    public static ModelBundle Load(string folder) => Read(folder, full =>
    {
        var bundle = ReadUnchecked(full);
        BundleFiles.Check(full, bundle.Manifest.Files);
        CheckGraphs(full, bundle.Manifest);
        return bundle;
    });

    /// <summary>Reads what a version says of itself, and looks at no file but its manifest.</summary>
    /// <param name="folder">The version's folder.</param>
    /// <exception cref="ModelBundleException">There is no manifest, or not one that this program reads.</exception>
    public static ModelManifest ReadManifest(string folder) => Read(folder, full => ReadUnchecked(full).Manifest);

    /// <summary>SHA-256 of a version's manifest, as <see cref="ModelBundle.ManifestSha256"/> has it; null where none can be read.</summary>
    /// <param name="folder">The version's folder.</param>
    public static string? ManifestSha256(string folder)
    {
        try
        {
            return Hash(File.ReadAllBytes(Path.Combine(folder, ManifestJson.FileName)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static T Read<T>(string folder, Func<string, T> read)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            return read(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string found = BundleFiles.Said(error, folder);
            throw new ModelBundleException(Path.GetFileName(folder), "", found, "files that can be read", error);
        }
    }

    private static ModelBundle ReadUnchecked(string folder)
    {
        byte[] json = File.ReadAllBytes(BundleFiles.Resolve(folder, ManifestJson.FileName, ""));
        return new ModelBundle(folder, ManifestJson.Read(json), Hash(json));
    }

    private static string Hash(byte[] json) => Convert.ToHexStringLower(SHA256.HashData(json));

    private static void CheckGraphs(string folder, ModelManifest manifest)
    {
        // Weights outside the graphs are all in one folder: the bundle's, or the program's.
        bool packages = manifest.Files.Any(f => f.Package is not null);
        var listed = manifest.Files.Where(f => f.Package is not null == packages).Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var graphs = PrecisionSet.Names.Select(manifest.Graphs.Of).OfType<GraphFiles>().SelectMany(graphs => graphs.All);
        foreach (string graph in graphs.Distinct(StringComparer.Ordinal))
            GraphFile.Check(folder, graph, listed);
    }
}
