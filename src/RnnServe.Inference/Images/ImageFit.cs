namespace RnnServe.Inference.Images;

/// <summary>How an image of other proportions becomes one of the wanted width and height.</summary>
public enum ImageFit
{
    /// <summary>Its proportions change.</summary>
    Squash,

    /// <summary>It covers the wanted size, and what sticks out is cut off on both sides alike.</summary>
    Crop,

    /// <summary>It fits into the wanted size, and what is left is black on both sides alike.</summary>
    Pad,
}
