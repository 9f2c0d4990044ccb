using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Telemetry;

/// <summary>Counts and times the requests that ask a model, describes them in traces and, where that is wanted, in the log.</summary>
internal sealed partial class RequestTelemetry
{
    private readonly RequestDelegate next;
    private readonly ILogger<RequestTelemetry> logger;
    private readonly bool writesLines;
    private readonly Counter<long> requests;
    private readonly Histogram<double> duration;

    public RequestTelemetry(
        RequestDelegate next, IOptions<TelemetryOptions> options, IMeterFactory meters, ILogger<RequestTelemetry> logger)
    {
        (this.next, this.logger, writesLines) = (next, logger, options.Value.RequestLog);
        var meter = meters.Create(TelemetryServices.Name);
        requests = meter.CreateCounter<long>("rnnserve.requests", "{request}", "Requests that ask a model, by how they ended.");
        duration = meter.CreateHistogram(
            "rnnserve.request.duration", "s", "Of the answered requests: from their headers to the end of the answer.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });
    }

    public async Task InvokeAsync(HttpContext http)
    {
        var record = new RequestRecord(http);
        http.Features.Set(record);
        try
        {
            await next(http);
        }
        catch
        {
            // It failed when its answer had begun: the status says nothing of that.
            record.FailedWith ??= StatusCodes.Status500InternalServerError;
            throw;
        }
        finally
        {
            TellOfModels(http, record);
        }
    }

    private void TellOfModels(HttpContext http, RequestRecord record)
    {
        // Who handles an error takes the endpoint off.
        var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint?.Metadata.GetMetadata<AsksModel>() is not null || IsOfWrongType(http, endpoint))
            Tell(http, record);
    }

    /// <summary>Routing answers a content type that a route does not take by an endpoint of its own, of which nothing is known; the routes
    /// that look at the type are those that ask a model.</summary>
    private static bool IsOfWrongType(HttpContext http, Endpoint? endpoint) =>
        endpoint is { Metadata.Count: 0 } && http.Response.StatusCode == StatusCodes.Status415UnsupportedMediaType;

    private void Tell(HttpContext http, RequestRecord record)
    {
        string outcome = record.Outcome;
        var tags = new TagList { { "task", record.Task }, { "model", record.Model }, { "version", record.Version } };
        if (outcome == Outcome.Answered)
            duration.Record(record.Elapsed.TotalSeconds, tags);
        tags.Add("outcome", outcome);
        requests.Add(1, tags);

        var activity = http.Features.Get<IHttpActivityFeature>()?.Activity;
        if (activity is not null)
            RequestSpans.Describe(activity, record, outcome);
        if (writesLines)
        {
            LogRequest(
                record.Task, record.Model, record.Version, outcome, record.Elapsed.TotalMilliseconds, http.TraceIdentifier,
                activity?.TraceId.ToHexString() ?? "");
        }
    }

    [LoggerMessage(
        EventId = 20,
        Level = LogLevel.Information,
        Message = "{Task} by {Model} {Version}: {Outcome} after {Milliseconds:0.0} ms. Request {Request}, trace {Trace}.")]
    private partial void LogRequest(
        string task, string model, string version, string outcome, double milliseconds, string request, string trace);
}
