using System.Numerics;

namespace RnnServe.Inference.Batching;

/// <summary>Which sources are decoded in one batch: up to 64 positions, up to 128, up to 256, and longer ones.</summary>
/// <remarks>
/// All sentences of a batch are padded to its longest. Encoding and attention take time for every position, so that one source of 250 tokens
/// among 15 usual ones makes each step three times as long, and their encoding twenty times. Up to 64 positions
/// padding costs a step less than a fifth.
/// </remarks>
internal static class LengthClass
{
    /// <summary>Number of classes; they count from 0, the shortest.</summary>
    public const int Count = 4;

    private const int Shortest = 64;

    /// <summary>The class of a source.</summary>
    /// <param name="length">Its positions, 1 or more.</param>
    public static int Of(int length) => Math.Min(Count - 1, 32 - BitOperations.LeadingZeroCount((uint)(length - 1) / Shortest));
}
