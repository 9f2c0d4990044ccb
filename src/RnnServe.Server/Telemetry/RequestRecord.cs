using System.Diagnostics;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Server.Telemetry;

/// <summary>A route's requests ask a model, and are counted.</summary>
internal sealed class AsksModel
{
    public static AsksModel Instance { get; } = new();
}

/// <summary>What is known of a request that is being answered, without anything that the caller sent.</summary>
/// <remarks>It belongs to the request, whose parts follow one another.</remarks>
internal sealed class RequestRecord(HttpContext http)
{
    /// <summary>The header that says where the time went.</summary>
    public const string TimingHeader = "Server-Timing";

    /// <summary>What a label says before a model was picked: a name that the caller made up is none.</summary>
    private const string None = "none";

    private readonly long cameAt = Stopwatch.GetTimestamp();

    public string Task { get; private set; } = None;

    public string Model { get; private set; } = None;

    public string Version { get; private set; } = None;

    /// <summary>Whether the answer is an event stream: its headers are sent before it is known what it took.</summary>
    public bool IsStreamed { get; set; }

    /// <summary>The caller went away.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Status that an answer's own does not tell: it failed after that was sent, or goes over gRPC.</summary>
    public int? FailedWith { get; set; }

    /// <summary>The caller's own quota is used up: that is 429 as well, and says nothing of the server's load.</summary>
    public bool IsAboveQuota { get; set; }

    /// <summary>Where the engine's time went; null unless it answered.</summary>
    public DecodeTiming? Timing { get; private set; }

    /// <summary>When the answer's texts were there, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public long AnsweredAt { get; private set; }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(cameAt);

    /// <summary>How it ended.</summary>
    public string Outcome => IsAbandoned ? Telemetry.Outcome.Abandoned
        : IsAboveQuota ? Telemetry.Outcome.Quota
        : FailedWith is { } failed ? Telemetry.Outcome.Of(failed)
        : Telemetry.Outcome.OfGrpc(http.Response) ?? Telemetry.Outcome.Of(http.Response.StatusCode);

    /// <summary>That of a request; null where nobody keeps one.</summary>
    public static RequestRecord? Of(HttpContext? http) => http?.Features.Get<RequestRecord>();

    /// <summary>A model is looked for.</summary>
    public void Look(string task) => (Task, Model, Version) = (task, None, None);

    /// <summary>A model was found.</summary>
    public void Pick(string model, string version) => (Model, Version) = (model, version);

    /// <summary>The engine answered.</summary>
    public void Answer(IEnumerable<DecodeTiming> timings)
    {
        AnsweredAt = Stopwatch.GetTimestamp();
        var timing = DecodeTiming.Longest(timings);
        Timing = timing;
        if (IsStreamed || !http.Request.Path.StartsWithSegments("/v1"))
            return;
        http.Response.Headers[TimingHeader] = string.Create(
            CultureInfo.InvariantCulture,
            $"queue;dur={timing.QueueMs:0.###}, encode;dur={timing.EncodeMs:0.###}, decode;dur={timing.DecodeMs:0.###}, "
                + $"total;dur={Elapsed.TotalMilliseconds:0.###}");
    }
}
