using System.Text.Json.Serialization;
using RnnServe.Inference.Kinds;
using RnnServe.Server.Http;

namespace RnnServe.Server.Search;

/// <summary>What answers of every kind of model with a search have.</summary>
public abstract record AnswerBody
{
    /// <summary>The best text.</summary>
    /// <example>Ein Hund läuft.</example>
    [JsonRequired]
    public string Text { get; init; } = "";

    /// <summary>Length-normalised natural-log probability, 0 or less: higher is better.</summary>
    /// <example>-0.41</example>
    [Bounds(Maximum = 0), JsonRequired]
    public double Score { get; init; }

    /// <summary>exp(mean log-probability of the tokens), above 0 and at most 1.</summary>
    /// <example>0.87</example>
    [Bounds(Minimum = 0, Maximum = 1), JsonRequired]
    public double Confidence { get; init; }

    /// <summary>Whether a sentence was cut at maxLength.</summary>
    /// <example>false</example>
    [JsonRequired]
    public bool Truncated { get; init; }

    /// <summary>The next best texts, best first; only when alternatives is above 0.</summary>
    [Length(0, SearchRequest.WidestBeam - 1)]
    public IReadOnlyList<AlternativeBody>? Alternatives { get; init; }

    /// <summary>The tokens of the text; only when include names tokens.</summary>
    public IReadOnlyList<TokenBody>? Tokens { get; init; }

    /// <summary>Fills in what the answers of every such kind have.</summary>
    /// <param name="answer">The engine's.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="body">What the kind's answers have besides.</param>
    internal static T Of<T>(Answer answer, SearchRequest request, T body) where T : AnswerBody => (T)((AnswerBody)body with
    {
        Text = answer.Text,
        Score = answer.Score,
        Confidence = answer.Confidence,
        Truncated = answer.Truncated,
        Alternatives = request.Alternatives > 0
            ? [.. answer.Alternatives.Select(a => new AlternativeBody { Text = a.Text, Score = a.Score, Confidence = a.Confidence })]
            : null,
        Tokens = answer.Tokens?.Select(t => new TokenBody { Text = t.Text, LogProb = t.LogProb }).ToList(),
    });
}

/// <summary>A further answer to the same text or image.</summary>
public sealed record AlternativeBody
{
    /// <summary>The text.</summary>
    /// <example>Ein Hund rennt.</example>
    public required string Text { get; init; }

    /// <summary>Length-normalised natural-log probability, 0 or less: higher is better.</summary>
    /// <example>-0.77</example>
    [Bounds(Maximum = 0)]
    public required double Score { get; init; }

    /// <summary>exp(mean log-probability of the tokens), above 0 and at most 1.</summary>
    /// <example>0.7</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Confidence { get; init; }
}

/// <summary>One target token.</summary>
public sealed record TokenBody
{
    /// <summary>The token: a word or a piece of one, without the space before it; the end of a sentence is a token too.</summary>
    /// <example>Ein</example>
    public required string Text { get; init; }

    /// <summary>Natural-log probability of the token after those before it, 0 or less.</summary>
    /// <example>-0.12</example>
    [Bounds(Maximum = 0)]
    public required double LogProb { get; init; }
}
