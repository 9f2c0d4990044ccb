using System.ComponentModel.DataAnnotations;
using RnnServe.Inference.Images;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>How an image becomes the encoder's input, and what the attention sees of it.</summary>
public sealed record ImageManifest
{
    /// <summary>Width and height in pixels.</summary>
    [Range(1, 4096)]
    public required int Size { get; init; }

    /// <summary>How an image of other proportions fits the square: <c>squash</c>, <c>crop</c> or <c>pad</c>.</summary>
    public required ImageFit Fit { get; init; }

    /// <summary>Subtracted from each of the three colours, which range from 0 to 1.</summary>
    [Length(3, 3)]
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Each colour is divided by this after that.</summary>
    [Length(3, 3), Range(0.0, double.MaxValue, MinimumIsExclusive = true, ErrorMessage = "a number above 0")]
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>Rows and columns of the cells that the encoder makes of the image, whose memory lies row by row; 1 and 1 for models
    /// without attention.</summary>
    [Length(2, 2, ErrorMessage = "a list of 2: rows and columns"), Range(1, 256)]
    public required IReadOnlyList<int> Grid { get; init; }

    /// <summary>Cells of the grid: source positions S.</summary>
    internal int Cells => Grid[0] * Grid[1];
}
