using RnnServe.Server.Settings;

namespace RnnServe.Server.Catalog;

/// <summary>Where each model lies on disk: <c>folder/name</c>.</summary>
internal sealed class ModelFolders(IOptions<ModelsOptions> options, IHostEnvironment environment)
{
    /// <summary>Folders in a version's folder; more would be a link that leads in a circle.</summary>
    private const int MostDepth = 8;

    /// <summary>Every volume of some kinds has it.</summary>
    private const string FoundByTheFileSystem = "lost+found";

    /// <summary>Where the folder of all models is looked for, absolute. It is for the log: callers are not told where things lie on the
    /// server.</summary>
    public IReadOnlyList<string> Places { get; } = [.. Candidates(options.Value.Folder, environment.ContentRootPath)];

    private string Root => Places.FirstOrDefault(Directory.Exists) ?? Places[0];

    /// <summary>The folder of one model.</summary>
    public string Of(string name) => Path.Combine(Root, name);

    /// <summary>Names of all models, sorted; hidden folders are none.</summary>
    public IReadOnlyList<string> Names(out string? fault)
    {
        if (!Places.Any(Directory.Exists))
        {
            fault = $"The models folder '{options.Value.Folder}' does not exist.";
            return [];
        }

        try
        {
            string[] all =
            [
                .. Directory.EnumerateDirectories(Root).Select(f => Path.GetFileName(f)!)
                    .Where(n => !n.StartsWith('.') && n != FoundByTheFileSystem).Order(StringComparer.Ordinal),
            ];
            string[] names = options.Value.Only is { } only ? [.. all.Where(name => name == only)] : all;
            fault = names.Length > 0 ? null : $"The models folder '{options.Value.Folder}' has no model{Others(all)}.";
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"The models folder '{options.Value.Folder}' cannot be read: {e.Message}";
            return [];
        }
    }

    /// <summary>Path, size and time of all files of a model, to be compared with another moment's.</summary>
    public string StateOf(string name)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MostDepth, AttributesToSkip = default };
        try
        {
            var files = new DirectoryInfo(Of(name)).EnumerateFileSystemInfos("*", all)
                .Select(file => $"{file.FullName} {(file as FileInfo)?.Length} {(file as FileInfo)?.LastWriteTimeUtc.Ticks}");
            return string.Join('\n', files.Order(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private string Others(string[] all) => options.Value.Only is { } only ? $" '{only}'; there is {string.Join(", ", all)}" : "";

    /// <summary>A program is started from anywhere: by a service manager, from a repository's root, from its own folder.</summary>
    private static IEnumerable<string> Candidates(string folder, string contentRoot)
    {
        if (Path.IsPathRooted(folder))
            return [Path.GetFullPath(folder)];
        var above = new List<string>();
        for (var place = new DirectoryInfo(AppContext.BaseDirectory); place is not null; place = place.Parent)
            above.Add(Path.GetFullPath(folder, place.FullName));
        return above.Prepend(Path.GetFullPath(folder, contentRoot)).Distinct(StringComparer.Ordinal);
    }
}
