using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>How to train a convolutional network to give the features of another one, the teacher, on photos without labels.</summary>
internal sealed record DistillationRecipe : Recipe, ICnnRecipe
{
    /// <summary>The value of "task" that says that a recipe is of this kind.</summary>
    public const string TaskName = "distill";

    /// <summary>What the model does; this recipe is for "distill".</summary>
    [Required, AllowedValues(TaskName), JsonPropertyOrder(-3)]
    public override string Task { get; init; } = "";

    /// <summary>The photos to learn from.</summary>
    [Required]
    public PhotoSettings Data { get; init; } = new();

    /// <summary>The network whose features are to be matched.</summary>
    [Required]
    public TeacherSettings Teacher { get; init; } = new();

    /// <summary>The network to train.</summary>
    public ResidualSettings Network { get; init; } = new();

    /// <summary>How a photo changes from epoch to epoch.</summary>
    public AugmentationSettings Augmentation { get; init; } = new();

    public override void Check()
    {
        Training.Check(start: false);
        Network.Check("network");
    }

    public override Recipe WithPaths(Func<string, string> change) => this with
    {
        Data = Data with { Photos = [.. Data.Photos.Select(change)], HeldOut = change(Data.HeldOut) },
        Teacher = Teacher with { Path = change(Teacher.Path) },
    };
}

/// <summary>Photos without labels.</summary>
internal sealed record PhotoSettings
{
    /// <summary>Folders of JPEG, PNG, WebP or GIF files.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<string> Photos { get; init; } = [];

    /// <summary>File that lists names of photos, one a line, which are never learnt from: they validate.</summary>
    [Required]
    public string HeldOut { get; init; } = "";

    /// <summary>Most held-out photos that a validation takes, the first of the list.</summary>
    [Range(1, 1_000_000)]
    public int ValidationPhotos { get; init; } = 500;

    /// <summary>Megabytes of memory in which decoded photos are kept, so that later epochs need not decode them again.</summary>
    [Range(0, 1_000_000)]
    public int Memory { get; init; } = 2000;
}

/// <summary>A trained network for images.</summary>
internal sealed record TeacherSettings
{
    /// <summary>An ONNX file with one input [N, 3, Y, X]: RGB, (x / 255 - mean) / deviation of ImageNet.</summary>
    [Required]
    public string Path { get; init; } = "";

    /// <summary>The output to match, [N, C, rows, columns], with as many cells as the network's features have.</summary>
    [Required]
    public string Output { get; init; } = "";
}
