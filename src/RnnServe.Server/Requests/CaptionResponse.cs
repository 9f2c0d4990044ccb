using System.ComponentModel.DataAnnotations;

namespace RnnServe.Server.Requests;

/// <summary>The captions of one request.</summary>
public sealed record CaptionResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>flickr8k-en</example>
    public required string Model { get; init; }

    /// <summary>The version of the model.</summary>
    /// <example>"1"</example>
    public required string Version { get; init; }

    /// <summary>One caption for each image, in the order of the request.</summary>
    [Length(1, 256)]
    public required IReadOnlyList<CaptionBody> Captions { get; init; }

    /// <summary>Where the time went; only when include names timing.</summary>
    public TimingBody? Timing { get; init; }
}

/// <summary>The caption of one image.</summary>
public sealed record CaptionBody
{
    /// <summary>The caption.</summary>
    /// <example>a dog runs through the grass</example>
    public required string Text { get; init; }

    /// <summary>Length-normalised natural-log probability, 0 or less: higher is better.</summary>
    /// <example>-0.9</example>
    [Bounds(Maximum = 0)]
    public required double Score { get; init; }

    /// <summary>exp(mean log-probability of the tokens), above 0 and at most 1.</summary>
    /// <example>0.55</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Confidence { get; init; }

    /// <summary>Whether the caption was cut at maxLength.</summary>
    /// <example>false</example>
    public required bool Truncated { get; init; }

    /// <summary>The next best captions, best first; only when alternatives is above 0.</summary>
    [Length(0, 15)]
    public IReadOnlyList<AlternativeBody>? Alternatives { get; init; }

    /// <summary>The tokens; only when include names tokens.</summary>
    public IReadOnlyList<TokenBody>? Tokens { get; init; }

    /// <summary>Where in the image each token looked; only when include names attention.</summary>
    public CaptionAttentionBody? Attention { get; init; }
}

/// <summary>Attention of one caption.</summary>
public sealed record CaptionAttentionBody
{
    /// <summary>Rows and columns of the cells that the image is seen as.</summary>
    /// <example>[2, 2]</example>
    public required IReadOnlyList<int> Grid { get; init; }

    /// <summary>The tokens: the rows of the weights.</summary>
    /// <example>["a", "dog"]</example>
    public required IReadOnlyList<string> Target { get; init; }

    /// <summary>One row for each token, one number for each cell, row by row of the grid; a row sums to 1.</summary>
    /// <example>[[0.1, 0.2, 0.3, 0.4], [0, 0, 0, 1]]</example>
    public required IReadOnlyList<IReadOnlyList<float>> Weights { get; init; }
}
