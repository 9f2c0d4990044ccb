using System.Reflection;

namespace RnnServe.Inference.Bundles;

/// <summary>Files of NuGet packages that the build puts beside the program: bundles use their weights without holding them.</summary>
internal static class PackageFiles
{
    /// <summary>What the build says of each: package, version, file.</summary>
    private static readonly string[][] All =
    [
        .. typeof(PackageFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(entry => entry.Key == "PackageFile").Select(entry => entry.Value!.Split(' ')),
    ];

    /// <summary>The program's folder.</summary>
    public static string Folder => AppContext.BaseDirectory;

    /// <summary>Names of the packages.</summary>
    public static IEnumerable<string> Packages => All.Select(file => file[0]);

    /// <summary>Describes a package's file for a manifest.</summary>
    /// <param name="package">One of <see cref="Packages"/>.</param>
    /// <exception cref="FileNotFoundException">It does not lie beside the program.</exception>
    public static FileManifest Describe(string package)
    {
        string[] file = All.Single(known => known[0] == package);
        return BundleFiles.Describe(Folder, file[2]) with { Package = $"{package} {file[1]}" };
    }

    /// <summary>The folder in which the graphs of a bundle find weights that they do not hold: its own, or the program's.</summary>
    /// <param name="folder">The bundle's own.</param>
    /// <param name="files">What its manifest lists.</param>
    public static string WeightsOf(string folder, IReadOnlyList<FileManifest> files) =>
        files.Any(file => file.Package is not null) ? Folder : folder;
}
