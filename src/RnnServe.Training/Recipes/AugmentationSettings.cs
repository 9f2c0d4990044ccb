using System.ComponentModel.DataAnnotations;

namespace RnnServe.Training.Recipes;

/// <summary>Random views of a photo.</summary>
internal sealed record AugmentationSettings
{
    /// <summary>Rows and columns to which photos are decoded before views are cut out of them.</summary>
    [Range(32, 1024)]
    public int DecodedSize { get; init; } = 192;

    /// <summary>Least share of the photo's area that a view shows; 1 shows all of it.</summary>
    [Range(0.01, 1.0)]
    public double LeastArea { get; init; } = 0.3;

    /// <summary>Whether every other view is mirrored.</summary>
    public bool Mirror { get; init; } = true;

    /// <summary>Greatest relative change of brightness, contrast and saturation, each on its own.</summary>
    [Range(0.0, 0.9)]
    public double Colour { get; init; } = 0.3;
}
