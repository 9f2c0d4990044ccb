using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>The captions of an image.</summary>
public sealed record MaxCaptionResponse
{
    /// <summary>ok.</summary>
    /// <example>ok</example>
    public string Status { get; init; } = "ok";

    /// <summary>The captions, best first.</summary>
    public required IReadOnlyList<MaxCaptionPrediction> Predictions { get; init; }
}

/// <summary>One caption.</summary>
public sealed record MaxCaptionPrediction
{
    /// <summary>Its place, from 0 on.</summary>
    /// <example>"0"</example>
    public required string Index { get; init; }

    /// <summary>The caption.</summary>
    /// <example>a dog runs through the grass .</example>
    public required string Caption { get; init; }

    /// <summary>exp(mean log-probability of the tokens), above 0 and at most 1.</summary>
    /// <example>0.55</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Probability { get; init; }
}

/// <summary>The model that answers.</summary>
public sealed record MaxCaptionMetadata
{
    /// <summary>Its name with its version.</summary>
    /// <example>flickr8k-en-1</example>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    /// <example>flickr8k-en</example>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    /// <example>Captions photos in English.</example>
    public string? Description { get; init; }

    /// <summary>What it does.</summary>
    /// <example>Image-To-Text Translation</example>
    public string Type { get; init; } = "Image-To-Text Translation";

    /// <summary>Licence of the weights.</summary>
    /// <example>CC BY-SA 3.0</example>
    public string? License { get; init; }
}
