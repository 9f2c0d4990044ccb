using System.Numerics;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Scheduling;

/// <summary>What jobs cost a worker, counted in rows, and how much of a model it may run at once.</summary>
/// <remarks>
/// Jobs of a batch are padded to its longest and have as many rows as its widest. Encoding and attention take time for every
/// position: one source of 250 tokens among 15 usual ones makes each step three times as long, and their encoding twenty
/// times. One beam of 16 among greedy sentences makes eight times their rows. So only jobs of one class share a batch: those with
/// sources of like lengths and with beams of like sizes.
/// </remarks>
/// <param name="Most">Of all batches of a worker together.</param>
/// <param name="LeastWidth">Rows of a job at least, however small its beam is.</param>
internal sealed record Cost(int Most, int LeastWidth)
{
    /// <summary>Number of classes; they count from 0, the shortest and narrowest.</summary>
    public const int Classes = Lengths * Widths;

    private const int Lengths = 4, Widths = 3, Shortest = 64;

    /// <summary>Int8 gets fewer rows: its step is short, so that data which no longer fits into the cache slows it down sooner.</summary>
    private const int MostOfInt8 = 80, MostOfFp32 = 160;

    /// <summary>What the options say, or the default of the precision.</summary>
    public static Cost Of(BatchingOptions options, string precision, int leastWidth)
    {
        int most = precision == PrecisionSet.QuantizedName ? MostOfInt8 : MostOfFp32;
        return new Cost(options.MaxRows > 0 ? options.MaxRows : most, leastWidth);
    }

    /// <summary>The class of a job: up to 64, 128, 256 or more positions, up to 2, 8 or more beams.</summary>
    public static int ClassOf(Job job) => (LengthClass(job.Length) * Widths) + WidthClass(job.Width);

    /// <summary>What a batch costs. A row over a source twice as long costs twice as much, because its attention reads twice as much: a
    /// worker full of long sentences would otherwise let its short ones wait for each step.</summary>
    public static int Of(int batchClass, int jobs, int width) => jobs * width << (batchClass / Widths);

    /// <summary>Rows of a job in a batch of its own.</summary>
    public int WidthOf(Job job) => Math.Max(job.Width, LeastWidth);

    /// <summary>What they cost.</summary>
    public int Of(Job job) => Of(ClassOf(job), 1, WidthOf(job));

    private static int LengthClass(int length) => Math.Min(Bits((length - 1) / Shortest), Lengths - 1);

    private static int WidthClass(int width) => width <= 2 ? 0 : width <= 8 ? 1 : 2;

    private static int Bits(int value) => 32 - BitOperations.LeadingZeroCount((uint)value);
}
