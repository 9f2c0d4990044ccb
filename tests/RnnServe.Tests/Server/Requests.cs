using System.Text.Json;

namespace RnnServe.Tests.Server;

/// <summary>Bodies that several tests send.</summary>
internal static class Requests
{
    /// <summary>A request that takes long: many sentences, with the widest beam.</summary>
    public static string Slow(int texts, int sentences = 12) => JsonSerializer.Serialize(new
    {
        text = Enumerable.Repeat(string.Join(' ', Enumerable.Repeat("Abc cab abc bac.", sentences)), texts),
        beamSize = 16,
        maxLength = 512,
        lengthPenalty = 2,
    });
}
