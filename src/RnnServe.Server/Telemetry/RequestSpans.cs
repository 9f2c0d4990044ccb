using System.Diagnostics;

namespace RnnServe.Server.Telemetry;

/// <summary>What a trace has of a request beside the framework's span: how it ended, and where the engine's time went.</summary>
/// <remarks>The spans are made when all is over, from times that the engine measures anyway: it knows nothing of traces.</remarks>
internal static class RequestSpans
{
    /// <summary>Where they come from.</summary>
    public const string SourceName = TelemetryServices.Name;

    private static readonly ActivitySource Source = new(SourceName);

    public static void Describe(Activity request, RequestRecord record, string outcome)
    {
        if (!Source.HasListeners() || !request.IsAllDataRequested)
            return;
        request.SetTag(SpanAttributes.Task, record.Task);
        request.SetTag(SpanAttributes.Model, record.Model);
        request.SetTag(SpanAttributes.Version, record.Version);
        request.SetTag(SpanAttributes.Outcome, outcome);
        if (record.Timing is not { EndedAt: > 0 } timing)
            return;

        // Of several sentences: the longest of each part, laid end to end from the admission, which they share, and back from the end.
        var answered = DateTime.UtcNow - Stopwatch.GetElapsedTime(record.AnsweredAt);
        var ended = answered - Stopwatch.GetElapsedTime(timing.EndedAt, record.AnsweredAt);
        var admitted = ended - TimeSpan.FromMilliseconds(timing.TotalMs);
        var taken = admitted + TimeSpan.FromMilliseconds(timing.QueueMs);
        Add(request, "queue", admitted, taken);
        Add(request, "encode", taken, taken + TimeSpan.FromMilliseconds(timing.EncodeMs));
        Add(request, "decode", ended - TimeSpan.FromMilliseconds(timing.DecodeMs), ended);
        Add(request, "detokenise", ended, answered);
    }

    private static void Add(Activity request, string name, DateTime start, DateTime end)
    {
        using var span = Source.StartActivity(ActivityKind.Internal, request.Context, startTime: start, name: name);
        span?.SetEndTime(end);
    }
}
