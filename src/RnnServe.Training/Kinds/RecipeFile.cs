using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RnnServe.Inference.Bundles;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds;

/// <summary>Recipes on disk: reading, writing, and the hash by which a resumed training knows its own.</summary>
internal static class RecipeFile
{
    /// <summary>Reads a recipe of any kind; its paths become absolute, from the recipe's folder.</summary>
    /// <exception cref="RecipeException">The file breaks a rule; the message begins with its path.</exception>
    public static Recipe Load(string path)
    {
        try
        {
            var recipe = Read(File.ReadAllText(path));
            recipe.Check();
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return recipe.WithPaths(p => Path.TrimEndingDirectorySeparator(Path.GetFullPath(p, folder)));
        }
        catch (RecipeException error)
        {
            throw new RecipeException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Reads a recipe of any kind but for what <see cref="Recipe.Check"/> asks; with comments and trailing commas.</summary>
    /// <exception cref="RecipeException">The text is not JSON, or a key is unknown, missing or breaks its rule.</exception>
    public static Recipe Read(string json)
    {
        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            return (Recipe)StrictJson.Read(Encoding.UTF8.GetBytes(json), options, KindOf);
        }
        catch (StrictJsonException error)
        {
            throw new RecipeException(error.Message, error);
        }
    }

    /// <summary>The recipe as JSON, every default written out but for those of keys that older recipes do not have.</summary>
    public static string ToJson(Recipe recipe) => StrictJson.Write(recipe);

    /// <summary>SHA-256 over everything that decides the trained weights, but for threads, which a checkpoint has, and the provider. The
    /// checkpoints' rhythm and what a bundle is to be do not decide them; folders do not either, so that a training may be moved.</summary>
    public static string Hash(Recipe recipe) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson(Essential(recipe)))));

    /// <summary>The keys in which two recipes of one kind differ so that the weights would: "training.epochs is 4 and was 3".</summary>
    public static IReadOnlyList<string> Differences(Recipe now, Recipe before)
    {
        Dictionary<string, string> found = Leaves(now), expected = Leaves(before);
        return
        [
            .. found.Keys.Union(expected.Keys)
                .Select(key => (Key: key, Now: found.GetValueOrDefault(key, "absent"), Before: expected.GetValueOrDefault(key, "absent")))
                .Where(entry => entry.Now != entry.Before)
                .Select(entry => $"{entry.Key} is {entry.Now} and was {entry.Before}"),
        ];

        static Dictionary<string, string> Leaves(Recipe recipe)
        {
            using var json = JsonDocument.Parse(ToJson(Essential(recipe)));
            return Flatten(json.RootElement, "").ToDictionary(leaf => leaf.Key, leaf => leaf.Value);
        }

        static IEnumerable<(string Key, string Value)> Flatten(JsonElement element, string path) =>
            element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(field => Flatten(field.Value, path.Length == 0 ? field.Name : $"{path}.{field.Name}"))
            : [(path, element.GetRawText())];
    }

    private static Recipe Essential(Recipe recipe)
    {
        var defaults = new TrainingSettings();
        return recipe.WithPaths(p => Path.GetFileName(p)!) with
        {
            Priority = 0,
            Int8Alone = false,
            Training = recipe.Training with
            {
                Threads = defaults.Threads,
                Provider = defaults.Provider,
                CheckpointMinutes = defaults.CheckpointMinutes,
            },
        };
    }

    private static Type KindOf(JsonElement recipe)
    {
        if (recipe.ValueKind != JsonValueKind.Object)
            return typeof(Recipe);
        var task = recipe.TryGetProperty("task", out var named) ? named : default;
        return TrainingKinds.All.FirstOrDefault(kind => task.ValueKind == JsonValueKind.String && task.ValueEquals(kind.Task))?.RecipeType
            ?? throw new StrictJsonException("task", StrictJson.Found(task), StrictJson.OneOf(TrainingKinds.All.Select(kind => kind.Task)));
    }
}
