namespace RnnServe.Benchmarks;

/// <summary>Sentences as requests.</summary>
internal static class TextRequests
{
    /// <summary>Requests with the same number of sentences each; the last one is filled up from the beginning.</summary>
    public static IReadOnlyList<string[]> Of(IReadOnlyList<string> sentences, int perRequest) =>
    [
        .. Enumerable.Range(0, (sentences.Count + perRequest - 1) / perRequest)
            .Select(request => Enumerable.Range(request * perRequest, perRequest).Select(i => sentences[i % sentences.Count]).ToArray()),
    ];
}
