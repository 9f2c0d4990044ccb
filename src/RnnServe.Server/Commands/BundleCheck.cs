using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Bulk;

namespace RnnServe.Server.Commands;

/// <summary>What a check of a version's folder found.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Ok">Whether it can be served.</param>
public sealed record BundleCheck(string Folder, bool Ok)
{
    /// <summary>Name of the model; null where that cannot be read.</summary>
    public string? Name { get; init; }

    /// <summary>The precisions that were opened and, where the manifest has a canary, answered it rightly.</summary>
    public IReadOnlyList<string> Precisions { get; init; } = [];

    /// <summary>What is wrong; null for nothing.</summary>
    public string? Reason { get; init; }

    /// <summary>It in a line.</summary>
    internal string Line => Ok ? $"OK: {Name}, {string.Join(" and ", Precisions)}" : $"{Folder}: {Reason}";

    /// <summary>Checks the files of a version, opens its graphs and tries its canary, in each precision.</summary>
    /// <exception cref="BulkException">There is no such folder.</exception>
    internal static async Task<BundleCheck> RunAsync(string folder, CancellationToken stop)
    {
        if (!Directory.Exists(folder))
            throw new BulkException($"There is no folder '{folder}'.");
        ModelManifest? manifest = null;
        try
        {
            manifest = BundleReader.ReadManifest(folder);
            await using var pool = new WorkerPool(new BatchingOptions());
            string[] precisions = [.. ManifestTable.Precisions(manifest)];
            foreach (string precision in precisions)
            {
                await using var model = await KindLoader.LoadAsync(folder, pool, new() { Precision = precision }, stop);
            }

            return FaultOfPlace(folder, manifest) is { } fault
                ? new(folder, Ok: false) { Name = manifest.Name, Reason = fault }
                : new(folder, Ok: true) { Name = manifest.Name, Precisions = precisions };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new(folder, Ok: false) { Name = manifest?.Name, Reason = error.Message.ReplaceLineEndings(" ") };
        }
    }

    /// <summary>A server serves NAME/VERSION and nothing else; a folder that is yet to be put there may have any name.</summary>
    private static string? FaultOfPlace(string folder, ModelManifest manifest)
    {
        var version = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        bool isPlaced = int.TryParse(version.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return isPlaced && version.Parent?.Name is { } model && model != manifest.Name
            ? new ModelBundleException("model.json", "name", $"'{manifest.Name}'", $"'{model}', the name of its folder").Message
            : null;
    }
}
