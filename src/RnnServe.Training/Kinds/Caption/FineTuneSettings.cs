using System.ComponentModel.DataAnnotations;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Training a CNN of ours and the decoder together, from weights of two trainings: the decoder's is the recipe's
/// "start".</summary>
internal sealed record FineTuneSettings
{
    /// <summary>Folder of the training whose best CNN is the start; "backbone" must be its export.</summary>
    [Required]
    public string Network { get; init; } = "";

    /// <summary>How a photo changes from epoch to epoch.</summary>
    public AugmentationSettings Augmentation { get; init; } = new();

    /// <summary>Megabytes of memory in which decoded photos are kept, so that later epochs need not decode them again.</summary>
    [Range(0, 1_000_000)]
    public int Memory { get; init; } = 2000;
}
