using RnnServe.Server.Settings;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Http;

/// <summary>Ends a request's work when its caller goes away or its deadline passes: 499 in the count, 504 as an answer.</summary>
/// <remarks>Works through <see cref="HttpContext.RequestAborted"/>, so that a handler's CancellationToken means both.</remarks>
internal sealed partial class RequestLifetime(
    RequestDelegate next, IOptions<LimitsOptions> limits, AbandonedRequests abandoned, TimeProvider time, ILogger<RequestLifetime> logger)
{
    /// <summary>The request header that asks for a deadline, in milliseconds.</summary>
    public const string TimeoutHeader = "Request-Timeout";

    public async Task InvokeAsync(HttpContext http)
    {
        var allowed = Allowed(http.Request);
        var callerGone = http.RequestAborted;
        using var deadline = new CancellationTokenSource(allowed, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(callerGone, deadline.Token);
        http.RequestAborted = either.Token;
        var told = new RequestDeadline(allowed, deadline.Token, callerGone);
        http.Features.Set(told);
        try
        {
            await next(http);

            // gRPC makes a status of what was thrown.
            if (callerGone.IsCancellationRequested && Outcome.OfGrpc(http.Response) is not (null or Outcome.Answered or Outcome.Deadline))
                Abandon(http);
        }
        catch (Exception e) when (callerGone.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            Abandon(http);
            if (!http.Response.HasStarted)
                http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw told.Refusal;
        }
        finally
        {
            http.RequestAborted = callerGone;     // the error's own answer must not be cancelled
        }
    }

    private void Abandon(HttpContext http)
    {
        abandoned.Add(http);
        LogAbandoned(http.GetEndpoint()?.DisplayName ?? "no route");
    }

    private TimeSpan Allowed(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(TimeoutHeader, out var header))
            return TimeSpan.FromMilliseconds(limits.Value.RequestTimeoutMs);

        int most = limits.Value.MaxRequestTimeoutMs;
        if (int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int ms) && ms >= 1 && ms <= most)
            return TimeSpan.FromMilliseconds(ms);

        throw ApiException.ForField(TimeoutHeader, Refusals.Wording(
            TimeoutHeader, Refusals.Quote(header), $"an integer from 1 to {most} (milliseconds)"));
    }

    [LoggerMessage(EventId = 7, Level = LogLevel.Debug, Message = "{Route}: the caller went away; its work was dropped.")]
    private partial void LogAbandoned(string route);
}
