namespace RnnServe.Server.Requests;

/// <summary>How the images of a request are captioned: query parameters, or fields of the form that has the images.</summary>
public sealed record CaptionRequest : ISearchRequest
{
    /// <summary>
    /// A name that GET /v1/models lists. May be left out when language picks exactly one model, or when only one caption model is loaded.
    /// </summary>
    /// <example>flickr8k-en</example>
    [AllowedLength(1, 200)]
    public string? Model { get; init; }

    /// <summary>BCP 47 code of the captions' language; it picks a model.</summary>
    /// <example>en</example>
    [AllowedLength(1, 35)]
    public string? Language { get; init; }

    /// <summary>Hypotheses kept per image: 1 is greedy and the fastest, 3 to 5 the best. The model says the default.</summary>
    /// <example>3</example>
    [AllowedRange(1, ISearchRequest.WidestBeam)]
    public int? BeamSize { get; init; }

    /// <summary>How many further captions of each image to return, 0 to beamSize - 1.</summary>
    /// <example>1</example>
    [AllowedRange(0, ISearchRequest.WidestBeam - 1)]
    public int Alternatives { get; init; }

    /// <summary>Strength α of the length penalty: scores are divided by ((5 + length) / 6)^α. The model says the default.</summary>
    /// <example>0.6</example>
    [AllowedRange(0.0, 2.0)]
    public double? LengthPenalty { get; init; }

    /// <summary>Most tokens of a caption. One that is cut there says so in truncated. The model says the default, mostly 30.</summary>
    /// <example>30</example>
    [AllowedRange(1, ISearchRequest.LongestOutput)]
    public int? MaxLength { get; init; }

    /// <summary>What else to return: tokens, attention, timing. Separated by commas, or given several times.</summary>
    /// <example>["tokens", "timing"]</example>
    [AllowedItems("tokens", "attention", "timing")]
    public IReadOnlyList<string>? Include { get; init; }
}
