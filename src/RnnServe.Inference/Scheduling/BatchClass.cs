using System.Numerics;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Scheduling;

/// <summary>Which sentences are decoded in one batch: those with sources of like lengths and with beams of like sizes.</summary>
/// <remarks>
/// All sentences of a batch are padded to its longest and have as many rows as its widest. Encoding and attention take time for every
/// position: one source of 250 tokens among 15 usual ones makes each step three times as long, and their encoding twenty
/// times. One beam of 16 among greedy sentences makes eight times their rows.
/// </remarks>
internal static class BatchClass
{
    /// <summary>Number of classes; they count from 0, the shortest and narrowest.</summary>
    public const int Count = Lengths * Widths;

    private const int Lengths = 4, Widths = 3, Shortest = 64;

    /// <summary>The class of a sentence: up to 64, 128, 256 or more positions, up to 2, 8 or more beams.</summary>
    public static int Of(BeamSearch sentence) => (LengthOf(sentence.Source.Length) * Widths) + WidthOf(sentence.Width);

    /// <summary>What a row counts. Over a source twice as long it counts twice, as its attention reads twice as much: a worker full of
    /// long sentences would otherwise let its short ones wait for each step.</summary>
    public static int Weight(int batchClass) => 1 << (batchClass / Widths);

    private static int LengthOf(int length) => Math.Min(Bits((length - 1) / Shortest), Lengths - 1);

    private static int WidthOf(int width) => width <= 2 ? 0 : width <= 8 ? 1 : 2;

    private static int Bits(int value) => 32 - BitOperations.LeadingZeroCount((uint)value);
}
