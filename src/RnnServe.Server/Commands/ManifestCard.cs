using RnnServe.Inference.Bundles;
using RnnServe.Server.Bulk;
using RnnServe.Server.Endpoints;
using RnnServe.Server.Kinds;

namespace RnnServe.Server.Commands;

/// <summary>A version with all that its manifest says.</summary>
internal static class ManifestCard
{
    /// <summary>In the form of GET /v1/models: unloaded, or failed where its manifest cannot be served.</summary>
    public static ModelBody BodyOf(ManifestEntry entry)
    {
        var body = new ModelBody
        {
            Name = entry.Name,
            Version = entry.Version?.ToString(CultureInfo.InvariantCulture),
            State = entry.Fault is null ? "unloaded" : "failed",
            Reason = entry.Fault,
            Precision = entry.Manifest?.Graphs.Default,
        };
        return entry.Manifest is { } manifest ? body.With(manifest) : body;
    }

    public static void Write(ManifestEntry entry, TextWriter output)
    {
        output.WriteLine($"{entry.Name} {entry.Version}");
        if (entry.Fault is { } fault)
            output.WriteLine($"  fault        {fault}");
        if (entry.Manifest is not { } manifest)
            return;
        output.WriteLine($"  {manifest.Description}");
        Line("task", $"{manifest.Task}, {ManifestTable.Pair(manifest)}");
        Line("precision", string.Join(", ", ManifestTable.Precisions(manifest)));
        Line("licence", manifest.Licence ?? "none is stated");
        if (manifest.Training is { } training)
        {
            var (recipe, seed, steps) = (training.Recipe, training.Seed, training.Steps);
            Line("trained", Invariant($"{training.Date} on {training.Data} ({recipe}, seed {seed}, {steps} steps)"));
        }

        WriteLimits();
        foreach (var metric in manifest.Metrics)
            Line("score", Invariant($"{metric.Value} on {metric.DataSet}, {metric.Method}"));
        Line("size", ManifestTable.Size(manifest));
        foreach (var file in manifest.Files)
            Line("file", Invariant($"{file.Sha256}  {file.Path}, {file.Bytes} bytes{Of(file)}"));

        void Line(string what, string value) => output.WriteLine($"  {what,-12} {value}");

        void WriteLimits()
        {
            if (ServerKinds.Of(manifest.Task).Decoding(manifest) is not { } decoding)
                return;
            Line("search", Invariant($"beam {decoding.BeamSize}, length penalty {decoding.LengthPenalty}"));
            string source = decoding.Limits.SourceLength is { } most ? Invariant($", {most} tokens of a sentence in") : "";
            Line("limits", Invariant($"beam {decoding.Limits.BeamSize}, {decoding.Limits.MaxLength} tokens of a sentence out{source}"));
        }
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Of(FileManifest file) => file.Package is { } package ? $", of the package {package}" : "";
}
