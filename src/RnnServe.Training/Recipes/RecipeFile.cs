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

    /// <summary>Reads a recipe; its paths become absolute, from the recipe's folder.</summary>
    /// <exception cref="RecipeException">The file breaks a rule; the message begins with its path.</exception>
    public static TranslationRecipe Load(string path)
    {
        try
        {
            var recipe = RecipeReader.Read<TranslationRecipe>(File.ReadAllText(path));
            Check(recipe.Model, recipe.Tokenizer);
            return WithAbsolutePaths(recipe, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (RecipeException error)
        {
            throw new RecipeException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>The recipe as JSON, every default written out.</summary>
    public static string ToJson(TranslationRecipe recipe) => JsonSerializer.Serialize(recipe, Options) + "\n";

    /// <summary>
    /// SHA-256 over everything that decides the trained weights. Threads and the checkpoints' rhythm do not; folders do not either,
    /// so that a training may be moved.
    /// </summary>
    public static string Hash(TranslationRecipe recipe)
    {
        var defaults = new TrainingSettings();
        var essential = WithPaths(recipe, p => Path.GetFileName(p)!) with
        {
            Training = recipe.Training with { Threads = defaults.Threads, CheckpointMinutes = defaults.CheckpointMinutes },
        };
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson(essential))));
    }

    /// <summary>The rules that are about more than one key.</summary>
    private static void Check(ModelSettings model, TokenizerSettings tokenizer)
    {
        if (model.ShareEmbeddings && !tokenizer.Joint)
            throw new RecipeException("model.shareEmbeddings is true; it must be false when tokenizer.joint is false.");

        int memory = model.EncoderHidden * (model.Bidirectional ? 2 : 1);
        if (model.Attention == AttentionKind.Dot && model.Hidden != memory)
        {
            throw new RecipeException(
                $"model.hidden is {model.Hidden}; with dot attention it must be the size of the encoder's outputs, {memory} "
                + "(model.encoderHidden, twice when model.bidirectional is true).");
        }
    }

    private static TranslationRecipe WithAbsolutePaths(TranslationRecipe recipe, string folder) =>
        WithPaths(recipe, path => Path.GetFullPath(path, folder));

    private static TranslationRecipe WithPaths(TranslationRecipe recipe, Func<string, string> change)
    {
        string[] All(IReadOnlyList<string> paths) => [.. paths.Select(change)];
        var (data, tokenizer) = (recipe.Data, recipe.Tokenizer);
        return recipe with
        {
            Data = data with
            {
                Train = data.Train with { Source = All(data.Train.Source), Target = All(data.Train.Target) },
                Validation = new FilePair { Source = change(data.Validation.Source), Target = change(data.Validation.Target) },
                Extra = data.Extra is { } extra ? extra with { Source = All(extra.Source), Target = All(extra.Target) } : null,
            },
            Tokenizer = tokenizer with { Path = tokenizer.Path is { } path ? change(path) : null },
        };
    }
}
