using System.Text.Json.Serialization;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Server.Search;

namespace RnnServe.Server.Kinds.Caption;

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
public sealed record CaptionBody : AnswerBody
{
    /// <summary>Where in the image each token looked; only when include names attention.</summary>
    [JsonPropertyOrder(1)]
    public CaptionAttentionBody? Attention { get; init; }

    internal static CaptionBody Of(ImageCaption caption, SearchRequest request) => Of(caption, request, new CaptionBody
    {
        Attention = caption.Attention is { } attention
            ? new CaptionAttentionBody { Grid = attention.Grid, Target = attention.Target, Weights = attention.Weights }
            : null,
    });
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
