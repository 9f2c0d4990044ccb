using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RnnServe.Inference.Bundles;
using RnnServe.Training.Data;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>Order of the colours in a CNN's input.</summary>
internal enum ColourOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}

/// <summary>A CNN as an ONNX file, and what it expects of a photo.</summary>
internal sealed record BackboneSettings
{
    /// <summary>ONNX file with one input, float [N, 3, height, width]; needed without "package".</summary>
    public string? Path { get; init; }

    /// <summary>NuGet package whose CNN it is, instead of a file: Microsoft.ML.DnnImageFeaturizer.ResNet18. A bundle refers to the file
    /// that the build puts beside the program, and does not hold its weights.</summary>
    public string? Package { get; init; }

    /// <summary>Name of the tensor with the features, [N, channels, rows, columns].</summary>
    [Required]
    public string Output { get; init; } = "";

    /// <summary>Name of a tensor behind "output": the convolutions between the two are trained with the captions, and the decoder looks at
    /// it instead. A bundle has their weights.</summary>
    public string? Trained { get; init; }

    /// <summary>Width and height of a photo in pixels.</summary>
    [Range(8, 1024)]
    public int Size { get; init; } = 224;

    /// <summary>What happens to a photo of other proportions.</summary>
    public PhotoFit Fit { get; init; }

    /// <summary>Order of the colours in the CNN's input; "mean" and "std" are in the order red, green, blue in any case.</summary>
    public ColourOrder Channels { get; init; }

    /// <summary>Subtracted from red, green and blue, which are 0 to 1.</summary>
    [Length(3, 3)]
    public IReadOnlyList<double> Mean { get; init; } = [0.485, 0.456, 0.406];

    /// <summary>What red, green and blue are then divided by.</summary>
    [Length(3, 3), Range(0.0, double.MaxValue, MinimumIsExclusive = true, ErrorMessage = "a number above 0")]
    public IReadOnlyList<double> Std { get; init; } = [0.229, 0.224, 0.225];

    /// <summary>The file's or the package's name.</summary>
    [JsonIgnore]
    public string Name => Package ?? System.IO.Path.GetFileName(Path!);

    /// <exception cref="RecipeException">It names no CNN, two of them, or an unknown package.</exception>
    public void Check()
    {
        if (Path is null && Package is null)
            throw new RecipeException("backbone.path is missing; without backbone.package it is needed.");
        if (Path is not null && Package is not null)
            throw new RecipeException("backbone.path is given beside backbone.package; one of the two is needed.");
        if (Package is { } package && !PackageFiles.Packages.Contains(package))
            throw new RecipeException($"backbone.package is \"{package}\"; it must be {string.Join(" or ", PackageFiles.Packages)}.");
    }
}
