using System.Globalization;

namespace RnnServe.Inference.Bundles;

/// <summary>One validated version of a model: a folder whose files are what its manifest says.</summary>
public sealed class ModelBundle
{
    internal ModelBundle(string folder, ModelManifest manifest, string manifestSha256)
    {
        Folder = folder;
        Manifest = manifest;
        ManifestSha256 = manifestSha256;
    }

    /// <summary>Absolute path of the version's folder.</summary>
    public string Folder { get; }

    /// <summary>The manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>SHA-256 of the manifest's text in lower-case hexadecimal digits: as the manifest has the hashes of all files, two bundles
    /// with the same one are the same.</summary>
    public string ManifestSha256 { get; }

    /// <summary>The version folders of a model, highest first; folders that are not positive integers are left out.</summary>
    /// <param name="modelFolder">The model's folder, such as <c>models/multi30k-en-de</c>.</param>
    public static IReadOnlyList<(int Version, string Folder)> Versions(string modelFolder) =>
    [
        .. Directory.EnumerateDirectories(modelFolder)
            .Select(folder => (Version: VersionOf(Path.GetFileName(folder)), Folder: folder))
            .Where(version => version.Version > 0)
            .OrderByDescending(version => version.Version),
    ];

    /// <summary>0 for a name that is not a version; "01" is none, or two folders could have the same version.</summary>
    private static int VersionOf(string name) =>
        !name.StartsWith('0') && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;
}
