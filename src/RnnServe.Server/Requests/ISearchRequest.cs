using RnnServe.Inference.Tasks;

namespace RnnServe.Server.Requests;

/// <summary>What requests of every task ask of the search.</summary>
internal interface ISearchRequest
{
    /// <summary>Hypotheses that a request may keep at most; a model may allow fewer.</summary>
    const int WidestBeam = 16;

    /// <summary>Tokens that a request may ask for at most; a model may allow fewer.</summary>
    const int LongestOutput = 512;

    int? BeamSize { get; }

    int Alternatives { get; }

    double? LengthPenalty { get; }

    int? MaxLength { get; }

    IReadOnlyList<string>? Include { get; }
}

internal static class SearchRequests
{
    /// <summary>Whether the request names <paramref name="part"/> in include.</summary>
    public static bool Includes(this ISearchRequest request, string part) =>
        request.Include?.Contains(part, StringComparer.Ordinal) ?? false;

    /// <summary>Fills in the options that every task has.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="options">The task's own options.</param>
    public static T Fill<T>(this ISearchRequest request, T options) where T : SearchOptions => (T)((SearchOptions)options with
    {
        BeamSize = request.BeamSize,
        Alternatives = request.Alternatives,
        LengthPenalty = (float?)request.LengthPenalty,
        MaxLength = request.MaxLength,
        Tokens = request.Includes("tokens"),
        Attention = request.Includes("attention"),
    });
}
