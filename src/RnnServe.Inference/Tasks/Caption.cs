using RnnServe.Inference.Batching;

namespace RnnServe.Inference.Tasks;

/// <summary>The caption of one image.</summary>
public sealed record Caption
{
    /// <summary>The best caption.</summary>
    public required string Text { get; init; }

    /// <summary>Length-normalised natural-log probability.</summary>
    public required double Score { get; init; }

    /// <summary>exp of the mean log-probability of the tokens, in (0, 1].</summary>
    public required double Confidence { get; init; }

    /// <summary>Whether the maximal length was reached before the end.</summary>
    public required bool Truncated { get; init; }

    /// <summary>Further captions, best first, no text twice.</summary>
    public IReadOnlyList<Alternative> Alternatives { get; init; } = [];

    /// <summary>The tokens of <see cref="Text"/> and the end token; null unless asked for.</summary>
    public IReadOnlyList<OutputToken>? Tokens { get; init; }

    /// <summary>The attention; null unless asked for.</summary>
    public CaptionAttention? Attention { get; init; }

    /// <summary>Milliseconds that reading the image took: decoding and scaling, or finding it in the cache. Waiting is left out.</summary>
    public double ImageMs { get; init; }

    /// <summary>Where the time went after that.</summary>
    public DecodeTiming Timing { get; init; }
}

/// <summary>Where in the image each target token looked.</summary>
/// <param name="Grid">Rows and columns of the image's cells.</param>
/// <param name="Target">Target tokens, the end token included.</param>
/// <param name="Weights">One row per target token, one column per cell, row by row of the grid; rows sum to 1.</param>
public sealed record CaptionAttention(
    IReadOnlyList<int> Grid, IReadOnlyList<string> Target, IReadOnlyList<IReadOnlyList<float>> Weights);
