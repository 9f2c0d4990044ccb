using System.Diagnostics.Metrics;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Http;

/// <summary>Counts the callers who went away before their answer.</summary>
internal sealed class AbandonedRequests
{
    private readonly Counter<long> abandoned;

    public AbandonedRequests(IMeterFactory meters)
    {
        abandoned = meters.Create(TelemetryServices.Name).CreateCounter<long>(
            "rnnserve.requests.abandoned", "{request}", "Requests whose caller went away before the answer.");
        abandoned.Add(0);     // so that it is seen before the first one
    }

    public void Add(HttpContext http)
    {
        abandoned.Add(1);
        if (RequestRecord.Of(http) is { } record)
            record.IsAbandoned = true;
    }
}
