using System.Diagnostics;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>What callers see of the engine's answers.</summary>
internal static class AnswerBodies
{
    public static TranslationBody Of(Translation translation, TranslateRequest request) => new()
    {
        Text = translation.Text,
        Score = translation.Score,
        Confidence = translation.Confidence,
        Truncated = translation.Truncated,
        Alternatives = request.Alternatives > 0 ? Of(translation.Alternatives) : null,
        Tokens = Of(translation.Tokens),
        Attention = translation.Attention is { } attention
            ? new AttentionBody { Source = attention.Source, Target = attention.Target, Weights = attention.Weights }
            : null,
    };

    public static CaptionBody Of(ImageCaption caption, CaptionRequest request) => new()
    {
        Text = caption.Text,
        Score = caption.Score,
        Confidence = caption.Confidence,
        Truncated = caption.Truncated,
        Alternatives = request.Alternatives > 0 ? Of(caption.Alternatives) : null,
        Tokens = Of(caption.Tokens),
        Attention = caption.Attention is { } attention
            ? new CaptionAttentionBody { Grid = attention.Grid, Target = attention.Target, Weights = attention.Weights }
            : null,
    };

    /// <summary>Where the time went.</summary>
    /// <param name="timings">Of each answer.</param>
    /// <param name="clock">Runs since the request came.</param>
    public static TimingBody Of(IEnumerable<DecodeTiming> timings, Stopwatch clock)
    {
        var longest = DecodeTiming.Longest(timings);
        return new TimingBody
        {
            QueueMs = longest.QueueMs,
            EncodeMs = longest.EncodeMs,
            DecodeMs = longest.DecodeMs,
            TotalMs = clock.Elapsed.TotalMilliseconds,
        };
    }

    private static IReadOnlyList<AlternativeBody> Of(IReadOnlyList<Alternative> alternatives) =>
        [.. alternatives.Select(a => new AlternativeBody { Text = a.Text, Score = a.Score, Confidence = a.Confidence })];

    private static List<TokenBody>? Of(IReadOnlyList<OutputToken>? tokens) =>
        tokens?.Select(t => new TokenBody { Text = t.Text, LogProb = t.LogProb }).ToList();
}
