using RnnServe.Inference.Bundles;
using RnnServe.Server.Bulk;
using RnnServe.Server.Kinds;

namespace RnnServe.Server.Commands;

/// <summary>Versions as a table.</summary>
internal static class ManifestTable
{
    /// <summary>Licences go on with names and addresses, which the card shows.</summary>
    private const int LongestLicence = 40;

    private static readonly string[] Head = ["name", "version", "task", "languages", "precision", "size", "licence"];

    public static void Write(IReadOnlyList<ManifestEntry> entries, TextWriter output)
    {
        string[][] rows = [Head, .. entries.Select(Row)];
        int[] widths = [.. Head.Select((_, column) => rows.Max(row => column < row.Length ? row[column].Length : 0))];
        foreach (string[] row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        foreach (var entry in entries.Where(entry => entry.Fault is not null))
            output.WriteLine($"{entry.Name} {entry.Version}: {entry.Fault}");
    }

    /// <summary>What goes in and what comes out, such as "en → de".</summary>
    public static string Pair(ModelManifest manifest) =>
        ServerKinds.Of(manifest.Task).Model.Pair(manifest.Languages.Source, manifest.Languages.Target);

    /// <summary>The precisions that a bundle has, the one that is served first.</summary>
    public static IEnumerable<string> Precisions(ModelManifest manifest) =>
        new[] { manifest.Graphs.Default, PrecisionSet.FullName, PrecisionSet.QuantizedName }
            .Distinct().Where(precision => manifest.Graphs.Of(precision) is not null);

    /// <summary>Bytes in millions.</summary>
    public static string Size(ModelManifest manifest) =>
        string.Create(CultureInfo.InvariantCulture, $"{manifest.Files.Sum(file => file.Bytes) / 1e6:F1} MB");

    private static string[] Row(ManifestEntry entry)
    {
        string version = entry.Version?.ToString(CultureInfo.InvariantCulture) ?? "-";
        if (entry.Manifest is not { } manifest)
            return [entry.Name, version, "-", "-", "-", "-", "-"];
        string licence = manifest.Licence ?? "-";
        return
        [
            entry.Name, version, manifest.Task, Pair(manifest), string.Join(", ", Precisions(manifest)), Size(manifest),
            licence.Length > LongestLicence ? $"{licence[..LongestLicence].TrimEnd()}…" : licence,
        ];
    }
}
