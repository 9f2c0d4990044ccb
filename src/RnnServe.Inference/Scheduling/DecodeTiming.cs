namespace RnnServe.Inference.Scheduling;

/// <summary>Where the time of a sentence, a text or a request went, in milliseconds.</summary>
/// <param name="QueueMs">From admission until a worker took it.</param>
/// <param name="EncodeMs">In the run of the encoder that it shared.</param>
/// <param name="DecodeMs">From there until its search was over.</param>
/// <param name="TotalMs">From admission until the answer.</param>
public readonly record struct DecodeTiming(double QueueMs, double EncodeMs, double DecodeMs, double TotalMs)
{
    /// <summary>When the last search was over, as the workers' clock counts.</summary>
    public long EndedAt { get; init; }

    /// <summary>The longest of each part, which is what a caller waits for when parts run side by side.</summary>
    public static DecodeTiming Longest(IEnumerable<DecodeTiming> timings) =>
        timings.Aggregate(default(DecodeTiming), (a, b) => new DecodeTiming(
            Math.Max(a.QueueMs, b.QueueMs),
            Math.Max(a.EncodeMs, b.EncodeMs),
            Math.Max(a.DecodeMs, b.DecodeMs),
            Math.Max(a.TotalMs, b.TotalMs))
        {
            EndedAt = Math.Max(a.EndedAt, b.EndedAt),
        });
}
