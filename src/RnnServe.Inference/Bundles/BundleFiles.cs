using System.Globalization;
using System.Security.Cryptography;

namespace RnnServe.Inference.Bundles;

/// <summary>The files of a bundle: paths that stay inside it, hashes and sizes.</summary>
internal static class BundleFiles
{
    /// <summary>As Linux follows at most.</summary>
    private const int MostLinks = 40;

    /// <summary>Whether a manifest's path is relative, without <c>..</c> and without a drive or backslash.</summary>
    public static bool IsInside(string path) =>
        path.Length > 0 && path.IndexOfAny(['\\', ':', '\0']) < 0
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    /// <summary>Absolute path of a manifest's path, once no part of it is a link that leaves the folder, nor of what a link leads
    /// to.</summary>
    /// <exception cref="ModelBundleException">The file is missing or lies elsewhere.</exception>
    public static string Resolve(string folder, string path, string field) => Resolve(folder, path, field, path);

    private static string Resolve(string folder, string path, string field, string named, int links = 0)
    {
        string full = folder;
        string[] parts = path.Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            full = Path.Combine(full, parts[i]);
            FileSystemInfo info = i < parts.Length - 1 ? new DirectoryInfo(full) : new FileInfo(full);
            if (!info.Exists && info.LinkTarget is null)
                throw new ModelBundleException(named, field, "no such file", "a file");
            if (info.LinkTarget is null)
                continue;

            // Behind a folder that is itself a link, '..' is not where the names say.
            string target = info.ResolveLinkTarget(returnFinalTarget: false)?.FullName ?? "";
            if (info.LinkTarget.Split('/').SkipWhile(part => part == "..").Contains(".."))
                throw new ModelBundleException(named, field, "a link that goes back by '..' in its midst", "a file inside the folder");
            if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new ModelBundleException(named, field, "a link that leaves the folder", "a file inside the folder");
            if (links == MostLinks || (!File.Exists(target) && !Directory.Exists(target)))
                throw new ModelBundleException(named, field, "a link to nothing", "a file");
            Resolve(folder, Path.GetRelativePath(folder, target).Replace(Path.DirectorySeparatorChar, '/'), field, named, links + 1);
        }

        return full;
    }

    /// <summary>Checks every listed file's size and hash.</summary>
    /// <exception cref="ModelBundleException">A file is missing or is not the listed one.</exception>
    public static void Check(string folder, IReadOnlyList<FileManifest> files)
    {
        for (int i = 0; i < files.Count; i++)
        {
            var file = files[i];
            var (field, packaged) = ($"files[{i}].path", file.Package is not null);
            string full = packaged ? BesideTheProgram(file, field) : Resolve(folder, file.Path, field);
            string of = packaged ? $", as in the package {file.Package}" : "";

            // By the open file: a link's own length is that of the path that it has.
            using var stream = Open(full);
            if (stream.Length != file.Bytes)
                throw new ModelBundleException(file.Path, $"files[{i}].bytes", Number(stream.Length), Number(file.Bytes) + of);
            string hash = Hash(stream);
            if (hash != file.Sha256)
                throw new ModelBundleException(file.Path, $"files[{i}].sha256", hash, file.Sha256 + of);
        }
    }

    /// <summary>What a library says of a file, without the whole path, which is nobody's business but the server's.</summary>
    public static string Said(Exception error, string folder) =>
        error.Message.Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal).TrimEnd('.');

    /// <summary>Describes a file for the manifest.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="path">Path inside it, with forward slashes.</param>
    public static FileManifest Describe(string folder, string path)
    {
        using var stream = Open(Path.Combine(folder, path));
        return new FileManifest { Path = path, Sha256 = Hash(stream), Bytes = stream.Length };
    }

    private static string BesideTheProgram(FileManifest file, string field)
    {
        string full = Path.Combine(PackageFiles.Folder, file.Path);
        return File.Exists(full)
            ? full
            : throw new ModelBundleException(
                file.Path, field, "no such file beside the program", $"the file of the package {file.Package}");
    }

    /// <summary>The hash asks for a few kilobytes at a time: by themselves they would take longer to read than to hash.</summary>
    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 18);

    private static string Hash(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    private static string Number(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
