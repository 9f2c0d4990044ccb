using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace RnnServe.Tests;

/// <summary>Where the tests find the repository and the data sets that lie beside it.</summary>
internal static class TestData
{
    private static readonly Lazy<string> Root = new(FindRepositoryRoot);

    /// <summary>The folder that holds RnnServe.sln.</summary>
    public static string RepositoryRoot => Root.Value;

    /// <summary>Data that is not part of the repository: the folder "shared" beside it. May be absent.</summary>
    public static string SharedFolder => Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared"));

    /// <summary>A path in the repository.</summary>
    public static string InRepository(params ReadOnlySpan<string> parts) => Path.Combine([RepositoryRoot, .. parts]);

    /// <summary>The newest version of a shipped model.</summary>
    public static string Model(string name) =>
        Directory.EnumerateDirectories(InRepository("models", name)).MaxBy(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))!;

    /// <summary>A path in <see cref="SharedFolder"/>; a test that asks for one that is absent is skipped.</summary>
    public static string InShared(params ReadOnlySpan<string> parts)
    {
        string path = Path.Combine([SharedFolder, .. parts]);
        Skip.Unless(Path.Exists(path), $"needs '{path}', which is not here");
        return path;
    }

    /// <summary>The lines of a UTF-8 text file, unpacked when its name ends in .gz. Only '\n' ends a line.</summary>
    public static IReadOnlyList<string> ReadLines(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text, Encoding.UTF8);
        var lines = reader.ReadToEnd().Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    /// <summary>One side of a Multi30k split, e.g. ("val", "de").</summary>
    public static IReadOnlyList<string> Multi30k(string split, string language) =>
        ReadLines(InShared("data", "multi30k", $"{split}.{language}.gz"));

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RnnServe.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds RnnServe.sln.");
    }
}
