using System.Diagnostics;
using OpenTelemetry;

namespace RnnServe.Server.Telemetry;

/// <summary>Leaves in a span only what no caller can write: paths, queries, agents and unknown methods are callers' words.</summary>
internal sealed class SpanAttributes : BaseProcessor<Activity>
{
    public const string Task = "rnnserve.task", Model = "rnnserve.model", Version = "rnnserve.version", Outcome = "rnnserve.outcome";

    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        Task, Model, Version, Outcome,
        "http.request.method", "http.route", "http.response.status_code", "network.protocol.version", "error.type",
    };

    public override void OnEnd(Activity data)
    {
        foreach (var (name, _) in data.TagObjects.ToArray())
        {
            if (!Allowed.Contains(name))
                data.SetTag(name, null);
        }

        data.TraceStateString = null;
        data.SetStatus(data.Status);       // without its description, which may be an exception's message
    }
}
