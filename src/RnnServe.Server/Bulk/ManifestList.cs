using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Server.Catalog;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Bulk;

/// <summary>A version's folder as its manifest says; no graph is opened.</summary>
/// <param name="Name">Name of the model's folder.</param>
/// <param name="Version">The version; null for a model that has none.</param>
/// <param name="Folder">The version's folder.</param>
/// <param name="Manifest">What it says of itself; null where that cannot be read.</param>
/// <param name="Fault">What is wrong with it; null for nothing that can be seen from the manifest.</param>
internal sealed record ManifestEntry(string Name, int? Version, string Folder, ModelManifest? Manifest, string? Fault);

/// <summary>Every version in the models folder, by name and the highest version first.</summary>
internal sealed record ManifestList(IReadOnlyList<ManifestEntry> Entries)
{
    /// <summary>Why there is none; null where there are some.</summary>
    public string? Fault { get; private init; }

    /// <summary>Reads the manifests.</summary>
    /// <param name="folder">Folder of the models; null: as the server finds it.</param>
    public static ManifestList Of(string? folder)
    {
        var builder = Host.CreateApplicationBuilder();
        if (folder is not null)
            builder.Configuration.AddInMemoryCollection([new("Models:Folder", folder)]);
        var options = builder.Configuration.GetSection("Models").Get<ModelsOptions>() ?? new();
        var folders = new ModelFolders(Options.Create(options), builder.Environment);
        string[] names = [.. folders.Names(out string? fault)];
        return new([.. names.SelectMany(name => Versions(name, folders.Of(name)))]) { Fault = fault };
    }

    /// <summary>Name of the model that the server would pick where all of them are what their manifests say; null where that is not
    /// one.</summary>
    public string? Preferred(ModelChoice choice)
    {
        var able = Entries.Where(entry => entry.Manifest?.Task == choice.Kind.Task).DistinctBy(entry => entry.Name)
            .Select(entry => (new CatalogEntry(entry.Name), entry.Manifest!));
        return choice.Preferred(able) is [var only] ? only.Name : null;
    }

    private static IEnumerable<ManifestEntry> Versions(string name, string folder)
    {
        var versions = ModelBundle.Versions(folder);
        return versions.Count > 0
            ? versions.Select(version => Read(name, version.Version, version.Folder))
            : [new(name, null, folder, null, "it has no version folder")];
    }

    private static ManifestEntry Read(string name, int version, string folder)
    {
        try
        {
            var manifest = BundleReader.ReadManifest(folder);
            string? fault = manifest.Name == name ? null : $"its name in model.json is '{manifest.Name}'";
            return new(name, version, folder, manifest, fault);
        }
        catch (ModelBundleException error)
        {
            return new(name, version, folder, null, error.Message);
        }
    }
}
