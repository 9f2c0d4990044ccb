namespace RnnServe.Inference.Kinds.Caption;

/// <summary>The caption of one image.</summary>
public sealed record ImageCaption : Answer
{
    /// <summary>The attention; null unless asked for.</summary>
    public CaptionAttention? Attention { get; init; }

    /// <summary>Milliseconds that reading the image took: decoding and scaling, or finding it in the cache. Waiting is left out;
    /// <see cref="Answer.Timing"/> begins after that.</summary>
    public double ImageMs { get; init; }
}

/// <summary>Where in the image each target token looked.</summary>
/// <param name="Grid">Rows and columns of the image's cells.</param>
/// <param name="Target">Target tokens, the end token included.</param>
/// <param name="Weights">One row per target token, one column per cell, row by row of the grid; rows sum to 1.</param>
public sealed record CaptionAttention(
    IReadOnlyList<int> Grid, IReadOnlyList<string> Target, IReadOnlyList<IReadOnlyList<float>> Weights);
