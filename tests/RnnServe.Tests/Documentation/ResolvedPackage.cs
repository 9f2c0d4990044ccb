using System.Text.Json;
using System.Xml.Linq;

namespace RnnServe.Tests.Documentation;

/// <summary>A NuGet package that a project was built with, directly or through another.</summary>
/// <param name="Name">Its identifier.</param>
/// <param name="Folder">Where NuGet unpacked it.</param>
internal sealed record ResolvedPackage(string Name, string Folder)
{
    /// <summary>The packages of projects in src, by what the last restore resolved; each one once.</summary>
    public static IReadOnlyList<ResolvedPackage> Of(params string[] projects) =>
        [.. projects.SelectMany(Of).DistinctBy(package => package.Name)];

    /// <summary>The packages of which a project in src takes files alone.</summary>
    public static IReadOnlyList<ResolvedPackage> Downloaded(string project)
    {
        using var assets = Assets(project);
        var frameworks = assets.RootElement.GetProperty("project").GetProperty("frameworks").EnumerateObject();
        return
        [
            .. from download in frameworks.SelectMany(f => f.Value.GetProperty("downloadDependencies").EnumerateArray())
               let name = download.GetProperty("name").GetString()!
               let version = download.GetProperty("version").GetString()!.Trim('[', ']').Split(',')[0]
               select new ResolvedPackage(name, FolderOf(assets, Path.Combine(name.ToLowerInvariant(), version))),
        ];
    }

    /// <summary>Whether the package says that it has a licence: by its SPDX identifier, or by a word of its licence's text or address.</summary>
    public bool IsUnder(string licence)
    {
        var metadata = XDocument.Load(Directory.GetFiles(Folder, "*.nuspec").Single()).Root!.Elements().First();
        string? Value(string name) => metadata.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
        string? kind = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license")?.Attribute("type")?.Value;
        return kind switch
        {
            "expression" => Value("license") == licence,
            "file" => File.ReadAllText(Path.Combine(Folder, Value("license")!)).Contains(licence, StringComparison.Ordinal),
            _ => Value("licenseUrl")?.Contains(licence, StringComparison.OrdinalIgnoreCase) == true,
        };
    }

    private static IEnumerable<ResolvedPackage> Of(string project)
    {
        using var assets = Assets(project);
        foreach (var library in assets.RootElement.GetProperty("libraries").EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package")
                continue;
            string path = library.Value.GetProperty("path").GetString()!;
            yield return new(library.Name.Split('/')[0], FolderOf(assets, path));
        }
    }

    private static JsonDocument Assets(string project) =>
        JsonDocument.Parse(File.ReadAllText(TestData.InRepository("src", project, "obj", "project.assets.json")));

    private static string FolderOf(JsonDocument assets, string path) => assets.RootElement.GetProperty("packageFolders").EnumerateObject()
        .Select(root => Path.Combine(root.Name, path)).First(Directory.Exists);
}
