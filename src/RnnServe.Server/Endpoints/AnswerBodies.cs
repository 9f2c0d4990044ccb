using RnnServe.Inference.Tasks;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>What callers see of the parts that answers of every task have.</summary>
internal static class AnswerBodies
{
    public static IReadOnlyList<AlternativeBody> Of(IReadOnlyList<Alternative> alternatives) =>
        [.. alternatives.Select(a => new AlternativeBody { Text = a.Text, Score = a.Score, Confidence = a.Confidence })];

    public static IReadOnlyList<TokenBody>? Of(IReadOnlyList<OutputToken>? tokens) =>
        tokens?.Select(t => new TokenBody { Text = t.Text, LogProb = t.LogProb }).ToList();
}
