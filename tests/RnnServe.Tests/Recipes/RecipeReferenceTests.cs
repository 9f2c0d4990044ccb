using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml.Linq;
using RnnServe.Inference.Bundles;
using RnnServe.Training.Kinds.Caption;
using RnnServe.Training.Kinds.Classify;
using RnnServe.Training.Kinds.Distil;
using RnnServe.Training.Kinds.Translate;

namespace RnnServe.Tests.Recipes;

public sealed class RecipeReferenceTests
{
    private const string Ours = "RnnServe.Training";

    private static readonly Dictionary<string, string> Summaries = XDocument
        .Load(Path.ChangeExtension(typeof(TranslationRecipe).Assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(m => m.Attribute("name")!.Value, m => OneLine(m.Element("summary")?.Value ?? ""));

    [Fact]
    public void The_reference_lists_every_key_with_range_default_and_meaning() => AssertListed(Rows(typeof(TranslationRecipe), ""));

    // The optimization has the same keys everywhere; they are listed once.
    [Theory]
    [InlineData(typeof(CaptionRecipe)), InlineData(typeof(DistillationRecipe)), InlineData(typeof(ClassifyRecipe))]
    public void The_reference_lists_the_keys_of_the_other_tasks(Type recipe) => AssertListed(
        Rows(recipe, "").Where(row => !row.StartsWith("| `training.", StringComparison.Ordinal)));

    private static void AssertListed(IEnumerable<string> rows)
    {
        string readme = File.ReadAllText(TestData.InRepository("src", "RnnServe.Training", "Recipes", "README.md"));
        string expected = string.Join('\n', rows);

        Assert.True(
            readme.Contains(expected, StringComparison.Ordinal),
            $"Recipes/README.md must contain this table:\n{expected}");
    }

    private static IEnumerable<string> Rows(Type type, string prefix)
    {
        object? defaults = Activator.CreateInstance(type);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite).OrderBy(Order).ThenBy(p => p.MetadataToken))
        {
            string key = prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (property.PropertyType.GenericTypeArguments is [{ Namespace: { } ofItem } item] && ofItem.StartsWith(Ours, StringComparison.Ordinal))
            {
                foreach (string row in Rows(item, key + "[]."))
                    yield return row;
                continue;
            }

            if (property.PropertyType.Namespace!.StartsWith(Ours, StringComparison.Ordinal) && property.PropertyType.IsClass)
            {
                foreach (string row in Rows(property.PropertyType, key + "."))
                    yield return row;
                continue;
            }

            bool required = property.IsDefined(typeof(RequiredAttribute));
            string standard = required ? "required" : Code(Default(property.GetValue(defaults)));
            string name = $"P:{property.DeclaringType!.FullName}.{property.Name}";
            yield return $"| `{key}` | {Values(property)} | {standard} | {Summaries[name]} |";
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static int Order(PropertyInfo property) => property.GetCustomAttribute<JsonPropertyOrderAttribute>()?.Order ?? 0;

    private static string Values(PropertyInfo property)
    {
        var rule = property.GetCustomAttributes<ValidationAttribute>().FirstOrDefault(a => a is not RequiredAttribute);
        return (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
        {
            { IsEnum: true } type => string.Join(", ", Enum.GetNames(type).Select(n => Code(JsonNamingPolicy.SnakeCaseLower.ConvertName(n)))),
            var type when type == typeof(bool) => "`true`, `false`",
            var type when type == typeof(string) => rule is null ? "text" : StrictJson.Describe(rule).Replace("|", "\\|", StringComparison.Ordinal),
            var type when type == typeof(IReadOnlyList<double>) => "3 numbers",
            var type when type == typeof(int) || type == typeof(double) => StrictJson.Describe(rule!),
            var type when type == typeof(IReadOnlyList<int>) => "a list of numbers",
            _ when property.IsDefined(typeof(WordsAttribute)) => "a word or a list of words",
            _ => property.Name == nameof(LabelSettings.Values) ? "a text or a list of texts" : "a file or a list of files",
        };
    }

    private static string Default(object? value) => value switch
    {
        null or "" or IReadOnlyList<string> => "",
        IReadOnlyList<double> numbers => $"[{string.Join(", ", numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)))}]",
        bool flag => flag ? "true" : "false",
        IReadOnlyList<int> numbers => $"[{string.Join(", ", numbers)}]",
        Enum kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";
}
