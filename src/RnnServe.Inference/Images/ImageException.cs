namespace RnnServe.Inference.Images;

/// <summary>Why an image is refused.</summary>
public enum ImageProblem
{
    /// <summary>The first bytes are of no supported type.</summary>
    UnknownType,

    /// <summary>The type is right, the rest is damaged, cut short or of a kind that the decoder refuses.</summary>
    Undecodable,

    /// <summary>Width x height is above the limit.</summary>
    TooManyPixels,
}

/// <summary>An image that cannot be used. The message is meant for whoever sent it and contains nothing of the image.</summary>
/// <param name="problem">Which rule it breaks.</param>
/// <param name="message">What was found and what is allowed.</param>
public sealed class ImageException(ImageProblem problem, string message) : Exception(message)
{
    /// <summary>Which rule the image breaks.</summary>
    public ImageProblem Problem { get; } = problem;
}
