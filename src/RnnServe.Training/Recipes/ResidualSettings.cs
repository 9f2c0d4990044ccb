using System.ComponentModel.DataAnnotations;

namespace RnnServe.Training.Recipes;

/// <summary>A residual network for images.</summary>
internal sealed record ResidualSettings
{
    /// <summary>Rows and columns of the image; a multiple of the whole stride.</summary>
    [Range(32, 1024)]
    public int Size { get; init; } = 160;

    /// <summary>Channels of the convolution at the start, of stride 4.</summary>
    [Range(1, 1024)]
    public int Stem { get; init; } = 32;

    /// <summary>Channels of each stage; every stage but the first halves rows and columns.</summary>
    [MinLength(1), Range(1, 4096)]
    public IReadOnlyList<int> Widths { get; init; } = [32, 64, 128, 256];

    /// <summary>Residual blocks of each stage.</summary>
    [MinLength(1), Range(1, 64)]
    public IReadOnlyList<int> Blocks { get; init; } = [1, 2, 2, 2];

    /// <summary>Pixels of the image for each cell of the features, in both directions.</summary>
    internal int Stride => 4 << (Widths.Count - 1);

    /// <summary>Rows and columns of the features.</summary>
    internal int Grid => Size / Stride;

    /// <summary>The rules that are about more than one key.</summary>
    /// <param name="key">Where the settings stand in the recipe.</param>
    /// <exception cref="RecipeException">Keys contradict each other.</exception>
    internal void Check(string key)
    {
        if (Blocks.Count != Widths.Count)
            throw new RecipeException($"{key}.blocks has {Blocks.Count} numbers; it must have one for each of the {Widths.Count} of "
                + $"{key}.widths.");
        if (Size % Stride != 0)
            throw new RecipeException($"{key}.size is {Size}; with {Widths.Count} stages it must be a multiple of {Stride}.");
    }
}

/// <summary>A recipe by which a network for images is trained.</summary>
internal interface ICnnRecipe
{
    ResidualSettings Network { get; }
}
