using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Training.Recipes;

/// <summary>Recipes on disk: reading, writing, and the hash by which a resumed training knows its own.</summary>
internal static class RecipeFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly Dictionary<string, Func<string, Recipe>> Readers = new(StringComparer.Ordinal)
    {
        [TranslationRecipe.TaskName] = RecipeReader.Read<TranslationRecipe>,
        [CaptionRecipe.TaskName] = RecipeReader.Read<CaptionRecipe>,
        [DistillationRecipe.TaskName] = RecipeReader.Read<DistillationRecipe>,
    };

    /// <summary>Reads a recipe of any kind; its paths become absolute, from the recipe's folder.</summary>
    /// <exception cref="RecipeException">The file breaks a rule; the message begins with its path.</exception>
    public static Recipe Load(string path)
    {
        try
        {
            string json = File.ReadAllText(path);
            var recipe = Readers[RecipeReader.ReadChoice(json, "task", Readers.Keys)](json);
            recipe.Check();
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return recipe.WithPaths(p => Path.GetFullPath(p, folder));
        }
        catch (RecipeException error)
        {
            throw new RecipeException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>The recipe as JSON, every default written out.</summary>
    public static string ToJson(Recipe recipe) => JsonSerializer.Serialize(recipe, recipe.GetType(), Options) + "\n";

    /// <summary>
    /// SHA-256 over everything that decides the trained weights. Threads, provider and the checkpoints' rhythm do not; folders do not either,
    /// so that a training may be moved.
    /// </summary>
    public static string Hash(Recipe recipe)
    {
        var defaults = new TrainingSettings();
        var essential = recipe.WithPaths(p => Path.GetFileName(p)!) with
        {
            Training = recipe.Training with
            {
                Threads = defaults.Threads,
                Provider = defaults.Provider,
                CheckpointMinutes = defaults.CheckpointMinutes,
            },
        };
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson(essential))));
    }
}
