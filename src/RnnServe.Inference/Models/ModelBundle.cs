namespace RnnServe.Inference.Models;

/// <summary>One validated version of a model: a folder whose files are what its manifest says.</summary>
public sealed class ModelBundle
{
    private ModelBundle(string folder, ModelManifest manifest)
    {
        Folder = folder;
        Manifest = manifest;
    }

    /// <summary>Absolute path of the version's folder.</summary>
    public string Folder { get; }

    /// <summary>The manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Reads a version's folder and checks every file against the manifest.</summary>
    /// <param name="folder">The version's folder, such as <c>models/multi30k-en-de/1</c>.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged or contradicts the manifest.</exception>
    public static ModelBundle Load(string folder) => throw new NotImplementedException();

    /// <summary>The version folders of a model, highest first; folders that are not positive integers are left out.</summary>
    /// <param name="modelFolder">The model's folder, such as <c>models/multi30k-en-de</c>.</param>
    public static IReadOnlyList<(int Version, string Folder)> Versions(string modelFolder) => throw new NotImplementedException();
}
