using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RnnServe.Inference.Bundles;

namespace RnnServe.Training.Export;

/// <summary>What the READMEs of bundles have in common.</summary>
internal static class ModelCard
{
    public const string FileName = "README.md";

    /// <summary>The table of scores of a model card.</summary>
    public static string Table(IEnumerable<MetricManifest> metrics) =>
        string.Join('\n', metrics.Select(Row).Prepend("|---|---|---|").Prepend("| data | method | value |"));

    /// <summary>A score as a row of a model card's table.</summary>
    public static string Row(MetricManifest metric) =>
        Invariant($"| {metric.DataSet} | {metric.Method.Replace("|", "\\|", StringComparison.Ordinal)} | {metric.Value:0.00#} |");

    /// <summary>A model card with other rows in its table of scores; null where there is no card.</summary>
    public static string? WithRows(string path, IReadOnlyList<MetricManifest> added, IReadOnlyList<MetricManifest> removed)
    {
        if (!File.Exists(path))
            return null;
        var old = removed.Select(Row).ToHashSet(StringComparer.Ordinal);
        var lines = File.ReadAllLines(path).Where(line => !old.Contains(line)).ToList();
        int last = lines.FindLastIndex(line => line.StartsWith("| ", StringComparison.Ordinal));
        lines.InsertRange(last + 1, added.Select(Row));
        return new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
    }

    /// <summary>The commands that make a model again.</summary>
    /// <param name="recipe">Its recipe's name.</param>
    /// <param name="start">Folder of the training that the recipe goes on from, which has the name of its recipe; null: from the
    /// beginning.</param>
    public static string Commands(string recipe, string? start)
    {
        var stages = new List<string> { recipe };
        for (; start is not null && !stages.Contains(Path.GetFileName(start)); start = StartOf(start))
            stages.Insert(0, Path.GetFileName(start));
        return $"""
            ```
            dotnet run --project src/RnnServe.Training -c Release -- train {string.Join(' ', stages.Select(PathOf))}
            dotnet run --project src/RnnServe.Training -c Release -- export runs/{recipe}
            ```
            """;

        // A run's recipe has its start as an absolute path, which may be another machine's.
        static string? StartOf(string run) =>
            File.Exists(Path.Combine(run, "recipe.json"))
                ? JsonNode.Parse(File.ReadAllText(Path.Combine(run, "recipe.json")))!["start"]?.GetValue<string>()
                : null;

        static string PathOf(string stage) => $"src/RnnServe.Training/Recipes/{stage}.json";
    }

    /// <summary>A choice as recipes have it.</summary>
    public static string Word(Enum choice) => JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.ToString());
}
