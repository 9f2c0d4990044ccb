using RnnServe.Inference.Images;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>One of a request's images cannot be read; nothing of the request was queued.</summary>
/// <param name="index">Which one, from 0.</param>
/// <param name="error">What is wrong with it.</param>
public sealed class ImageRefusedException(int index, ImageException error) : Exception(error.Message, error)
{
    /// <summary>Which one, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>What kind of fault it is.</summary>
    public ImageProblem Problem { get; } = error.Problem;
}
