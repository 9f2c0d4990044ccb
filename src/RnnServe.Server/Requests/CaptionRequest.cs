namespace RnnServe.Server.Requests;

/// <summary>How the images of a request are captioned: query parameters, or fields of the form that has the images.</summary>
public sealed record CaptionRequest : SearchRequest
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
}
