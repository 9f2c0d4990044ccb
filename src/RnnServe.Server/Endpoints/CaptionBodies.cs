using RnnServe.Inference.Tasks;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>What callers see of a caption.</summary>
internal static class CaptionBodies
{
    public static CaptionBody Of(Caption caption, CaptionRequest request) => new()
    {
        Text = caption.Text,
        Score = caption.Score,
        Confidence = caption.Confidence,
        Truncated = caption.Truncated,
        Alternatives = request.Alternatives > 0 ? AnswerBodies.Of(caption.Alternatives) : null,
        Tokens = AnswerBodies.Of(caption.Tokens),
        Attention = caption.Attention is { } attention
            ? new CaptionAttentionBody { Grid = attention.Grid, Target = attention.Target, Weights = attention.Weights }
            : null,
    };
}
