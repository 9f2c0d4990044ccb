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

    int? MaxLength { get; }

    IReadOnlyList<string>? Include { get; }
}

internal static class SearchRequests
{
    /// <summary>Whether the request names <paramref name="part"/> in include.</summary>
    public static bool Includes(this ISearchRequest request, string part) =>
        request.Include?.Contains(part, StringComparer.Ordinal) ?? false;
}
