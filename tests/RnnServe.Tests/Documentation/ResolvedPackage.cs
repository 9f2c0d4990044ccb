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
        using var assets = JsonDocument.Parse(File.ReadAllText(TestData.InRepository("src", project, "obj", "project.assets.json")));
        string[] roots = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
        foreach (var library in assets.RootElement.GetProperty("libraries").EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package")
                continue;
            string path = library.Value.GetProperty("path").GetString()!;
            yield return new(library.Name.Split('/')[0], roots.Select(root => Path.Combine(root, path)).First(Directory.Exists));
        }
    }
}
