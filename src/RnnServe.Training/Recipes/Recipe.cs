using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RnnServe.Inference.Bundles;

namespace RnnServe.Training.Recipes;

/// <summary>How to train a model, whatever its kind. Each property is a key of the JSON file, in camelCase, with its default and range;
/// "task" decides which of the derived records it is.</summary>
internal abstract record Recipe
{
    /// <summary>Name of the bundle: lower-case letters, digits and hyphens.</summary>
    [Required, RegularExpression("[a-z0-9][a-z0-9-]{0,63}"), JsonPropertyOrder(-4)]
    public string Name { get; init; } = "";

    // Each kind states its one value here: the reader's message and the reference follow from it.
    public abstract string Task { get; init; }

    /// <summary>One sentence for the model card.</summary>
    [JsonPropertyOrder(-2)]
    public string Description { get; init; } = "";

    /// <summary>Terms under which the trained model may be used, the data's terms included.</summary>
    [Required, JsonPropertyOrder(-1)]
    public string Licence { get; init; } = "";

    /// <summary>Of a server's models that fit a request which names none, the one with the greatest priority answers.</summary>
    [Range(-ModelManifest.MostPriority, ModelManifest.MostPriority), JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Priority { get; init; }

    /// <summary>Whether the bundle has its 8-bit graphs alone, at about half the size, if they lose next to nothing.</summary>
    [JsonPropertyOrder(-1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Int8Alone { get; init; }

    /// <summary>The optimization.</summary>
    [JsonPropertyOrder(1)]
    public TrainingSettings Training { get; init; } = new();

    /// <summary>The rules that are about more than one key.</summary>
    /// <exception cref="RecipeException">Keys contradict each other.</exception>
    public abstract void Check();

    /// <summary>The same recipe with every path changed.</summary>
    public abstract Recipe WithPaths(Func<string, string> change);
}
