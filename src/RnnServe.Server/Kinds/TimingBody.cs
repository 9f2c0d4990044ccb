using System.Diagnostics;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Http;

namespace RnnServe.Server.Kinds;

/// <summary>Where the time of a request went, in milliseconds.</summary>
public sealed record TimingBody
{
    /// <summary>Reading the images: decoding and scaling, or finding them in the cache; the slowest one. Only where images go in.</summary>
    /// <example>3.1</example>
    [Bounds(Minimum = 0)]
    public double? ImageMs { get; init; }

    /// <summary>Waiting for a decode worker.</summary>
    /// <example>0.2</example>
    [Bounds(Minimum = 0)]
    public required double QueueMs { get; init; }

    /// <summary>Running the encoder.</summary>
    /// <example>0.6</example>
    [Bounds(Minimum = 0)]
    public required double EncodeMs { get; init; }

    /// <summary>Running the decoder and the search.</summary>
    /// <example>4.1</example>
    [Bounds(Minimum = 0)]
    public required double DecodeMs { get; init; }

    /// <summary>The whole request, from its last byte in to its answer.</summary>
    /// <example>5.3</example>
    [Bounds(Minimum = 0)]
    public required double TotalMs { get; init; }

    /// <param name="timings">Of each answer.</param>
    /// <param name="clock">Runs since the request came.</param>
    internal static TimingBody Of(IEnumerable<DecodeTiming> timings, Stopwatch clock)
    {
        var longest = DecodeTiming.Longest(timings);
        return new TimingBody
        {
            QueueMs = longest.QueueMs,
            EncodeMs = longest.EncodeMs,
            DecodeMs = longest.DecodeMs,
            TotalMs = clock.Elapsed.TotalMilliseconds,
        };
    }
}
