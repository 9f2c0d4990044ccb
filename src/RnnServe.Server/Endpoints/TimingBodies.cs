using System.Diagnostics;
using RnnServe.Inference.Batching;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>What callers see of where the time went.</summary>
internal static class TimingBodies
{
    /// <param name="timings">Of each answer.</param>
    /// <param name="clock">Runs since the request came.</param>
    public static TimingBody Of(IEnumerable<DecodeTiming> timings, Stopwatch clock)
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
