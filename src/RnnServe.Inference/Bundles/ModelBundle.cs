using System.Globalization;
using RnnServe.Inference.Text;

namespace RnnServe.Inference.Bundles;

/// <summary>One validated version of a model: a folder whose files are what its manifest says.</summary>
public sealed class ModelBundle
{
    private ModelBundle(string folder, ModelManifest manifest)
    {
        Folder = folder;
        Manifest = manifest;
    }

    /// <summary>Absolute path of the version's folder.</summary>
    public string Folder { get; }

    /// <summary>The manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Tokenizer of the input; null for a model that reads images.</summary>
    internal Tokenizer? SourceTokenizer { get; private init; }

    /// <summary>Tokenizer of the output.</summary>
    internal Tokenizer TargetTokenizer { get; private init; } = null!;

    /// <summary>Reads a version's folder and checks every file against the manifest.</summary>
    /// <param name="folder">The version's folder, such as <c>models/multi30k-en-de/1</c>.</param>
    /// <exception cref="ModelBundleException">Something is missing, damaged or contradicts the manifest.</exception>
    public static ModelBundle Load(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            var manifest = ReadManifest(folder);
            BundleFiles.Check(folder, manifest.Files);
            CheckGraphs(folder, manifest);
            var target = LoadTokenizer(folder, manifest.Tokenizers.Target, "decoder.vocabularySize", manifest.Decoder.VocabularySize);
            var source = manifest.Tokenizers.Source is not { } path ? null
                : path == manifest.Tokenizers.Target && manifest.Encoder!.VocabularySize == manifest.Decoder.VocabularySize ? target
                : LoadTokenizer(folder, path, "encoder.vocabularySize", manifest.Encoder!.VocabularySize);
            return new ModelBundle(folder, manifest) { SourceTokenizer = source, TargetTokenizer = target };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelBundleException(Path.GetFileName(folder), "", error.Message.TrimEnd('.'), "files that can be read", error);
        }
    }

    /// <summary>The version folders of a model, highest first; folders that are not positive integers are left out.</summary>
    /// <param name="modelFolder">The model's folder, such as <c>models/multi30k-en-de</c>.</param>
    public static IReadOnlyList<(int Version, string Folder)> Versions(string modelFolder) =>
    [
        .. Directory.EnumerateDirectories(modelFolder)
            .Select(folder => (Version: VersionOf(Path.GetFileName(folder)), Folder: folder))
            .Where(version => version.Version > 0)
            .OrderByDescending(version => version.Version),
    ];

    /// <summary>0 for a name that is not a version; "01" is none, or two folders could have the same version.</summary>
    private static int VersionOf(string name) =>
        !name.StartsWith('0') && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;

    private static ModelManifest ReadManifest(string folder)
    {
        string path = BundleFiles.Resolve(folder, ManifestJson.FileName, "");
        return ManifestJson.Read(File.ReadAllBytes(path));
    }

    private static void CheckGraphs(string folder, ModelManifest manifest)
    {
        var listed = manifest.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        foreach (string precision in PrecisionSet.Names)
        {
            if (manifest.Graphs.Of(precision) is not { } graphs)
                continue;
            GraphFile.Check(folder, graphs.Encoder, listed);
            GraphFile.Check(folder, graphs.Decoder, listed);
        }
    }

    private static Tokenizer LoadTokenizer(string folder, string path, string field, int vocabularySize)
    {
        Tokenizer tokenizer;
        try
        {
            tokenizer = Tokenizer.Load(Path.Combine(folder, path));
        }
        catch (InvalidDataException error)
        {
            throw new ModelBundleException(path, "", error.Message.TrimEnd('.'), "a tokenizer that this program reads", error);
        }

        return tokenizer.VocabularySize == vocabularySize
            ? tokenizer
            : throw new ModelBundleException(path, field, $"{tokenizer.VocabularySize} tokens", $"{vocabularySize} tokens");
    }
}
