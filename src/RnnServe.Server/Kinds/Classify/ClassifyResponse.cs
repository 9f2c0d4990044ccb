using RnnServe.Inference.Kinds.Classify;
using RnnServe.Server.Http;

namespace RnnServe.Server.Kinds.Classify;

/// <summary>The labels of one request's texts.</summary>
public sealed record ClassifyResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>sst2-en</example>
    public required string Model { get; init; }

    /// <summary>The version of the model.</summary>
    /// <example>"1"</example>
    public required string Version { get; init; }

    /// <summary>One classification for each text, in the order of the request.</summary>
    [Length(1, 256)]
    public required IReadOnlyList<ClassificationBody> Classifications { get; init; }

    /// <summary>How many tokens were read.</summary>
    public required ClassifyUsageBody Usage { get; init; }

    /// <summary>Where the time went; only when include names timing.</summary>
    public TimingBody? Timing { get; init; }
}

/// <summary>The label of one text.</summary>
public sealed record ClassificationBody
{
    /// <summary>The likeliest label.</summary>
    /// <example>positive</example>
    public required string Label { get; init; }

    /// <summary>Its probability, above 0 and at most 1.</summary>
    /// <example>0.98</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Probability { get; init; }

    /// <summary>All labels of the model, the likeliest first; the probabilities sum to 1.</summary>
    public required IReadOnlyList<LabelBody> Probabilities { get; init; }

    /// <summary>Whether the text is longer than the model reads; what is behind that did not count.</summary>
    /// <example>false</example>
    public required bool Truncated { get; init; }

    /// <summary>How much each token counted; only when include names attention.</summary>
    public TokenAttentionBody? Attention { get; init; }

    internal static ClassificationBody Of(Classification found, IReadOnlyList<string> labels) => new()
    {
        Label = found.Label,
        Probability = found.Probability,
        Probabilities =
        [
            .. labels.Zip(found.Probabilities, (label, share) => new LabelBody { Label = label, Probability = share })
                .OrderByDescending(label => label.Probability),
        ],
        Truncated = found.Truncated,
        Attention = found.Attention is { } attention ? new() { Tokens = attention.Tokens, Weights = attention.Weights } : null,
    };
}

/// <summary>A label with its probability.</summary>
public sealed record LabelBody
{
    /// <summary>The label.</summary>
    /// <example>negative</example>
    public required string Label { get; init; }

    /// <summary>Its probability.</summary>
    /// <example>0.02</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Probability { get; init; }
}

/// <summary>How much the tokens of one text counted.</summary>
public sealed record TokenAttentionBody
{
    /// <summary>The tokens that were read, as the text has them.</summary>
    /// <example>["A", "wonderful", "film", "."]</example>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>The weight of each token; they sum to 1.</summary>
    /// <example>[0.05, 0.8, 0.1, 0.05]</example>
    public required IReadOnlyList<float> Weights { get; init; }
}

/// <summary>Tokens that the texts of a request have.</summary>
public sealed record ClassifyUsageBody
{
    /// <summary>Tokens of all texts that were read.</summary>
    /// <example>4</example>
    [Bounds(Minimum = 0)]
    public required int SourceTokens { get; init; }
}
