using Microsoft.Extensions.Options;
using RnnServe.Server.Options;

namespace RnnServe.Server.Catalog;

/// <summary>Where each model lies on disk: <c>folder/name</c>.</summary>
internal sealed class ModelFolders(IOptions<ModelsOptions> options, IHostEnvironment environment)
{
    /// <summary>The folder of all models, absolute. It is for the log: callers are not told where things lie on the server.</summary>
    public string Root { get; } = Path.GetFullPath(options.Value.Folder, environment.ContentRootPath);

    /// <summary>The folder of one model.</summary>
    public string Of(string name) => Path.Combine(Root, name);

    /// <summary>Names of all models, sorted; hidden folders are none.</summary>
    public IReadOnlyList<string> Names(out string? fault)
    {
        if (!Directory.Exists(Root))
        {
            fault = $"The models folder '{options.Value.Folder}' does not exist.";
            return [];
        }

        try
        {
            string[] names =
            [
                .. Directory.EnumerateDirectories(Root).Select(f => Path.GetFileName(f)!)
                    .Where(n => !n.StartsWith('.')).Order(StringComparer.Ordinal),
            ];
            fault = names.Length > 0 ? null : $"The models folder '{options.Value.Folder}' has no model.";
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"The models folder '{options.Value.Folder}' cannot be read: {e.Message}";
            return [];
        }
    }
}
