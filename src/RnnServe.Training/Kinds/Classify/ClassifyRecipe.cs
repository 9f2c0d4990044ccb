using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>How to train a model that says which of a few labels a text has.</summary>
internal sealed record ClassifyRecipe : Recipe
{
    /// <summary>The value of "task" that says that a recipe is of this kind.</summary>
    public const string TaskName = "classify";

    /// <summary>What the model does; this recipe is for "classify".</summary>
    [Required, AllowedValues(TaskName), JsonPropertyOrder(-3)]
    public override string Task { get; init; } = "";

    /// <summary>The language of the texts.</summary>
    [Required]
    public ClassifyLanguage Languages { get; init; } = new();

    /// <summary>The files to learn from.</summary>
    [Required]
    public ClassifyDataSettings Data { get; init; } = new();

    /// <summary>The labels, in the order of the model's outputs.</summary>
    [Required, MinLength(2)]
    public IReadOnlyList<LabelSettings> Labels { get; init; } = [];

    /// <summary>How text becomes tokens.</summary>
    public ClassifyTokenizerSettings Tokenizer { get; init; } = new();

    /// <summary>The network.</summary>
    public ClassifyModelSettings Model { get; init; } = new();

    /// <summary>Share of values dropped in training, by place.</summary>
    public ClassifyDropoutSettings Dropout { get; init; } = new();

    public override void Check()
    {
        Training.Check(start: false);
        if (Labels.GroupBy(label => label.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new RecipeException($"labels has \"{twice.Key}\" twice; each label needs a name of its own.");
        if (Labels.FirstOrDefault(label => label.Values.All(value => Labels.Count(other => other.Values.Contains(value)) > 1)) is { } vague)
            throw new RecipeException($"labels: every value of \"{vague.Name}\" stands for another label too; it needs one of its own.");
    }

    public override Recipe WithPaths(Func<string, string> change) => this with
    {
        Data = Data with
        {
            Train = [.. Data.Train.Select(change)],
            Validation = change(Data.Validation),
            Test = Data.Test is { } test ? change(test) : null,
        },
        Tokenizer = Tokenizer with { Path = Tokenizer.Path is { } path ? change(path) : null },
    };
}
