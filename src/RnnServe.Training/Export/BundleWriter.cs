using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>What a bundle says about itself beyond its recipe.</summary>
internal sealed record BundleFacts
{
    /// <summary>Scores.</summary>
    public IReadOnlyList<MetricManifest> Metrics { get; init; } = [];

    /// <summary>An input and the answer that the bundle gave for it.</summary>
    public CanaryManifest? Canary { get; init; }

    /// <summary>Optimizer steps behind the weights; null while they are still being trained.</summary>
    public long? Steps { get; init; }
}

/// <summary>A bundle before it is written.</summary>
/// <param name="Manifest">With the files of packages only: the writer adds the others.</param>
/// <param name="Files">Contents by name.</param>
internal sealed record BundleContent(ModelManifest Manifest, IReadOnlyDictionary<string, byte[]> Files);

/// <summary>Writes the files of a bundle into a folder, and what bundles of all tasks have in common.</summary>
internal static class BundleWriter
{
    public const string Encoder = "encoder.onnx", Decoder = "decoder.onnx";

    /// <summary>Writes the files, the model card and, last, the manifest that lists them.</summary>
    public static void Write(string folder, BundleContent content, string? card)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in content.Files)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        if (card is not null)
            File.WriteAllText(Path.Combine(folder, ModelCard.FileName), card);
        var files = content.Files.Keys.Select(file => BundleFiles.Describe(folder, file));
        var manifest = content.Manifest with { Files = [.. files, .. content.Manifest.Files.Where(file => file.Package is not null)] };
        File.WriteAllBytes(Path.Combine(folder, ManifestJson.FileName), ManifestJson.Write(manifest));
    }

    /// <summary>Where the weights come from; null while they are still being trained.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">Files of the training data.</param>
    /// <param name="facts">With the steps.</param>
    public static TrainingManifest? Training(Recipe recipe, IEnumerable<string> data, BundleFacts facts) => facts.Steps is not { } steps
        ? null
        : new()
        {
            Recipe = recipe.Name,
            Seed = (ulong)recipe.Training.Seed,
            Data = string.Join(", ", data.Distinct().Select(DataSet)),
            Steps = steps,
            Date = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            TrainerVersion = typeof(BundleWriter).Assembly.GetName().Version!.ToString(3),
        };

    /// <summary>A file of data with its folder, "tatoeba/train.en.gz": files of several sets have the same names.</summary>
    public static string DataSet(string path) => $"{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileName(path)}";
}
