namespace RnnServe.Inference.Models;

/// <summary>How an image becomes the encoder's input, and what the attention sees of it.</summary>
public sealed record ImageManifest
{
    /// <summary>Values of <see cref="Fit"/>.</summary>
    internal static readonly string[] Fits = ["squash", "crop", "pad"];

    /// <summary>Width and height in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>How the image fits the square: <c>squash</c> changes its proportions, <c>crop</c> cuts off what is longer,
    /// <c>pad</c> fills up what is shorter.</summary>
    public required string Fit { get; init; }

    /// <summary>Subtracted from each of the three colours, which range from 0 to 1.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Each colour is divided by this after that.</summary>
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>Rows and columns of the cells that the encoder makes of the image, whose memory lies row by row; 1 and 1 for models
    /// without attention.</summary>
    public required IReadOnlyList<int> Grid { get; init; }

    /// <summary>Cells of the grid: source positions S.</summary>
    internal int Cells => Grid[0] * Grid[1];
}
