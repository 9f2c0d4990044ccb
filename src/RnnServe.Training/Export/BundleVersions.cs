using RnnServe.Inference.Bundles;

namespace RnnServe.Training.Export;

/// <summary>The versions of a bundle: folders named 1, 2, 3.</summary>
internal static class BundleVersions
{
    /// <summary>The folder itself when it is a version, else its highest version.</summary>
    /// <exception cref="InvalidDataException">Neither it nor a version in it has a manifest.</exception>
    public static string Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, "model.json")))
            return folder;

        var versions = ModelBundle.Versions(folder);
        return versions.Count > 0
            ? versions[0].Folder
            : throw new InvalidDataException($"'{folder}' is no bundle: it has no model.json and no version folder.");
    }

    /// <summary>Makes the next version of a bundle: it appears complete or not at all.</summary>
    /// <param name="models">Folder of all bundles.</param>
    /// <param name="name">Name of the bundle.</param>
    /// <param name="fill">Fills the folder it is given; the bundle is what it leaves there.</param>
    /// <returns>The version's folder.</returns>
    /// <exception cref="UserException">Another one is being made.</exception>
    public static string Next(string models, string name, Action<string> fill)
    {
        string model = Directory.CreateDirectory(Path.Combine(models, name)).FullName;
        using var alone = Lock(Path.Combine(model, ".making"));
        int version = ModelBundle.Versions(model).Select(v => v.Version).FirstOrDefault() + 1;
        var (partial, final) = (Path.Combine(model, $".{version}.partial"), Path.Combine(model, $"{version}"));
        Delete(partial);
        try
        {
            fill(partial);
            Directory.Move(partial, final);
        }
        finally
        {
            Delete(partial);
        }

        return final;
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            throw new UserException($"Another program makes a version in '{Path.GetDirectoryName(path)}' now: wait until it has ended.");
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
