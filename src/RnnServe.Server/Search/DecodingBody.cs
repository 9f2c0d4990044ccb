using RnnServe.Inference.Search;
using RnnServe.Server.Http;

namespace RnnServe.Server.Search;

/// <summary>Defaults and limits of a model's search.</summary>
public sealed record DecodingBody
{
    /// <summary>beamSize of a request that has none.</summary>
    /// <example>5</example>
    [Bounds(Minimum = 1, Maximum = SearchRequest.WidestBeam)]
    public required int BeamSize { get; init; }

    /// <summary>lengthPenalty of a request that has none.</summary>
    /// <example>1.0</example>
    [Bounds(Minimum = 0, Maximum = 2)]
    public required double LengthPenalty { get; init; }

    /// <summary>coveragePenalty of a request that has none; absent: the model has no such penalty.</summary>
    /// <example>0.0</example>
    [Bounds(Minimum = 0, Maximum = 2)]
    public double? CoveragePenalty { get; init; }

    /// <summary>maxLength of a request that has none; absent: twice the source's tokens plus 10, or 30 for an image.</summary>
    /// <example>100</example>
    [Bounds(Minimum = 1, Maximum = SearchRequest.LongestOutput)]
    public int? MaxLength { get; init; }

    /// <summary>What a request may ask for at most.</summary>
    public required LimitsBody Limits { get; init; }

    /// <summary>What every kind of model with a search has.</summary>
    internal static DecodingBody Of(DecodingManifest decoding) => new()
    {
        BeamSize = decoding.BeamSize,
        LengthPenalty = AsWritten(decoding.LengthPenalty),
        MaxLength = decoding.MaxLength,
        // A bundle may allow more than the API does.
        Limits = new LimitsBody
        {
            BeamSize = Math.Min(decoding.Limits.BeamSize, SearchRequest.WidestBeam),
            MaxLength = Math.Min(decoding.Limits.MaxLength, SearchRequest.LongestOutput),
        },
    };

    /// <summary>1.4, not the nearest float in 17 digits.</summary>
    internal static double AsWritten(float number) => (double)(decimal)number;
}

/// <summary>What a request to a model may ask for at most.</summary>
public sealed record LimitsBody
{
    /// <summary>The largest beamSize.</summary>
    /// <example>16</example>
    [Bounds(Minimum = 1, Maximum = SearchRequest.WidestBeam)]
    public required int BeamSize { get; init; }

    /// <summary>The largest maxLength.</summary>
    /// <example>512</example>
    [Bounds(Minimum = 1, Maximum = SearchRequest.LongestOutput)]
    public required int MaxLength { get; init; }

    /// <summary>Most tokens of one sentence that goes in; a longer one is cut into pieces at a word. Absent: an image goes in.</summary>
    /// <example>256</example>
    [Bounds(Minimum = 2)]
    public int? SourceLength { get; init; }
}
