using RnnServe.Inference.Tasks;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>What callers see of a translation.</summary>
internal static class TranslationBodies
{
    public static TranslationBody Of(Translation translation, TranslateRequest request) => new()
    {
        Text = translation.Text,
        Score = translation.Score,
        Confidence = translation.Confidence,
        Truncated = translation.Truncated,
        Alternatives = request.Alternatives > 0 ? AnswerBodies.Of(translation.Alternatives) : null,
        Tokens = AnswerBodies.Of(translation.Tokens),
        Attention = translation.Attention is { } attention
            ? new AttentionBody { Source = attention.Source, Target = attention.Target, Weights = attention.Weights }
            : null,
    };
}
