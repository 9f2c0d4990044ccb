using System.Text.Json;

namespace RnnServe.Tests.Server;

/// <summary>Bodies that several tests send.</summary>
internal static class Requests
{
    /// <summary>
    /// A request that takes long: the widest beam and the longest output, and a length penalty under which the search must
    /// go on to its end. Untrained weights rarely end a sentence.
    /// </summary>
    public static string Slow(int texts) => JsonSerializer.Serialize(new
    {
        text = Enumerable.Repeat("abc abc abc", texts),
        beamSize = 16,
        maxLength = 512,
        lengthPenalty = 2,
    });
}
