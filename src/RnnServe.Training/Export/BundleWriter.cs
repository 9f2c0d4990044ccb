using RnnServe.Inference.Bundles;
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
/// <param name="Manifest">Without the list of files, which the writer fills in.</param>
/// <param name="Files">Contents by name.</param>
internal sealed record BundleContent(ModelManifest Manifest, IReadOnlyDictionary<string, byte[]> Files);

/// <summary>Writes the files of a bundle into a folder, and what bundles of all tasks have in common.</summary>
internal static class BundleWriter
{
    public const string Encoder = "encoder.onnx", Decoder = "decoder.onnx", Card = "README.md";

    /// <summary>Writes the files, the model card and, last, the manifest that lists them.</summary>
    public static void Write(string folder, BundleContent content, string? card)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in content.Files)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        if (card is not null)
            File.WriteAllText(Path.Combine(folder, Card), card);
        var manifest = content.Manifest with { Files = [.. content.Files.Keys.Select(file => BundleFiles.Describe(folder, file))] };
        File.WriteAllBytes(Path.Combine(folder, ManifestJson.FileName), ManifestJson.Write(manifest));
    }

    /// <summary>Makes the next version of a bundle: it appears complete or not at all.</summary>
    /// <param name="models">Folder of all bundles.</param>
    /// <param name="name">Name of the bundle.</param>
    /// <param name="fill">Fills the folder it is given; the bundle is what it leaves there.</param>
    /// <returns>The version's folder.</returns>
    public static string NextVersion(string models, string name, Action<string> fill)
    {
        var model = Path.Combine(models, name);
        var version = Directory.Exists(model) ? ModelBundle.Versions(model).Select(v => v.Version).FirstOrDefault() + 1 : 1;
        var (partial, final) = (Path.Combine(model, $".{version}.partial"), Path.Combine(model, $"{version}"));
        Delete(partial);
        try
        {
            fill(partial);
            Directory.Move(partial, final);
        }
        finally
        {
            Delete(partial);
        }

        return final;
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
            Data = string.Join(", ", data.Select(Path.GetFileName)),
            Steps = steps,
            Date = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            TrainerVersion = typeof(BundleWriter).Assembly.GetName().Version!.ToString(3),
        };

    /// <summary>The decoder's part of a manifest.</summary>
    /// <param name="graphs">Sizes.</param>
    /// <param name="tokenizer">Of the output.</param>
    public static DecoderManifest DecoderOf(ExportedGraphs graphs, Inference.Text.Tokenizer tokenizer)
    {
        var tokens = Data.Tokenizers.SpecialTokensOf(tokenizer);
        return new()
        {
            VocabularySize = tokenizer.VocabularySize,
            StartId = tokens.Start,
            EndId = tokens.End,
            PadId = tokens.Pad,
            UnknownId = tokenizer.UnknownId,
            States = [.. graphs.StateNames.Select(state => new StateManifest { Name = state, Size = graphs.Hidden })],
            Attention = graphs.MemorySize > 0,
            MemorySize = graphs.MemorySize,
            KeySize = graphs.KeySize,
        };
    }

    /// <summary>The table of scores of a model card.</summary>
    public static string Table(IEnumerable<MetricManifest> metrics) =>
        string.Join('\n', metrics.Select(Row).Prepend("|---|---|---|").Prepend("| data | method | value |"));

    /// <summary>A score as a row of a model card's table.</summary>
    public static string Row(MetricManifest metric) => Invariant($"| {metric.DataSet} | {metric.Method.Replace("|", "\\|", StringComparison.Ordinal)} | {metric.Value:0.00#} |");

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
