using System.Globalization;

namespace RnnServe.Inference.Bundles;

/// <summary>What the fields of a manifest must satisfy together; what one must satisfy alone is its attribute.</summary>
internal static class ManifestRules
{
    /// <exception cref="StrictJsonException">The first field that breaks a rule.</exception>
    public static void Check(ModelManifest manifest)
    {
        var graphs = manifest.Graphs;
        Expect(graphs.Of(graphs.Default) is not null, "graphs.default", $"'{graphs.Default}'", "a precision that 'graphs' describes");
        CheckFiles(manifest);
    }

    /// <summary>Whether a field that some kinds have and others not is there or not, as the kind of the manifest has it.</summary>
    public static void ExpectPresence(bool present, bool wanted, string field, ModelManifest manifest) => Expect(
        present == wanted,
        field,
        present ? "a value" : "nothing",
        wanted ? $"a value (task '{manifest.Task}' needs it)" : $"nothing (task '{manifest.Task}' has none)");

    public static void ExpectRange(int value, int least, int most, string field) =>
        Expect(value >= least && value <= most, field, value, least == most ? $"{least}" : $"{least} to {most}");

    public static void Expect(bool holds, string field, object found, string expected)
    {
        if (!holds)
            throw new StrictJsonException(field, Convert.ToString(found, CultureInfo.InvariantCulture)!, expected);
    }

    private static void CheckFiles(ModelManifest manifest)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < manifest.Files.Count; i++)
        {
            var file = manifest.Files[i];
            Expect(BundleFiles.IsInside(file.Path), $"files[{i}].path", $"'{file.Path}'", "a relative path inside the bundle without '..'");
            Expect(listed.Add(file.Path), $"files[{i}].path", $"'{file.Path}' twice", "it once");
            bool named = file.Package is null || !file.Path.Contains('/', StringComparison.Ordinal);
            Expect(named, $"files[{i}].path", $"'{file.Path}'", "the name of a file, which lies beside the program");
        }

        listed.ExceptWith(manifest.Files.Where(file => file.Package is not null).Select(file => file.Path));

        foreach (var (field, path) in Paths(manifest))
        {
            Expect(BundleFiles.IsInside(path), field, $"'{path}'", "a relative path inside the bundle without '..'");
            Expect(listed.Contains(path), field, $"'{path}'", "a path that 'files' lists with its hash");
        }
    }

    /// <summary>Every path that the loader opens, with the field that names it.</summary>
    private static IEnumerable<(string Field, string Path)> Paths(ModelManifest manifest)
    {
        foreach (string precision in PrecisionSet.Names)
        {
            if (manifest.Graphs.Of(precision) is not { } graphs)
                continue;
            yield return ($"graphs.{precision}.encoder", graphs.Encoder);
            if (graphs.Decoder is { } decoder)
                yield return ($"graphs.{precision}.decoder", decoder);
        }

        foreach (var path in manifest.Paths)
            yield return path;
    }
}
