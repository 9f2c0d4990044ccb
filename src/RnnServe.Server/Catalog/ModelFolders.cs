using System.Globalization;
using Microsoft.Extensions.Options;
using RnnServe.Server.Options;

namespace RnnServe.Server.Catalog;

/// <summary>Where each model and version lies on disk: <c>folder/name/version</c>.</summary>
internal sealed class ModelFolders(IOptions<ModelsOptions> options, IHostEnvironment environment)
{
    private readonly string root = System.IO.Path.GetFullPath(options.Value.Folder, environment.ContentRootPath);

    /// <summary>The folder of one version.</summary>
    public string Path(string name, int version) => System.IO.Path.Combine(root, name, version.ToString(CultureInfo.InvariantCulture));

    /// <summary>Names of all models, sorted; hidden folders are none.</summary>
    public IReadOnlyList<string> Names(out string? fault)
    {
        fault = null;
        if (!Directory.Exists(root))
        {
            fault = $"The models folder '{options.Value.Folder}' does not exist.";
            return [];
        }

        string[] names = [.. Subfolders(root).Where(n => !n.StartsWith('.')).Order(StringComparer.Ordinal)];
        if (names.Length == 0)
            fault = $"The models folder '{options.Value.Folder}' has no model.";

        return names;
    }

    /// <summary>Versions of a model, the highest first. "01" is no version: it would stand beside "1".</summary>
    public IReadOnlyList<int> Versions(string name) =>
        [.. Subfolders(System.IO.Path.Combine(root, name)).Select(Version).OfType<int>().OrderDescending()];

    private static int? Version(string folder) =>
        int.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
        && folder == version.ToString(CultureInfo.InvariantCulture) ? version : null;

    private static IEnumerable<string> Subfolders(string folder) => Directory.EnumerateDirectories(folder).Select(f => System.IO.Path.GetFileName(f)!);
}
