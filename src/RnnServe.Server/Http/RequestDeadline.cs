namespace RnnServe.Server.Http;

/// <summary>A request's deadline, apart from its caller, who may go away before.</summary>
/// <param name="Allowed">The time until the deadline.</param>
/// <param name="Passed">Is cancelled when the deadline passes.</param>
/// <param name="CallerGone">Is cancelled when the caller goes away.</param>
internal sealed record RequestDeadline(TimeSpan Allowed, CancellationToken Passed, CancellationToken CallerGone)
{
    /// <summary>Whether it has passed; otherwise it is the caller that ended the work.</summary>
    public bool HasPassed => Passed.IsCancellationRequested;

    /// <summary>Whether it has passed while the caller still waits.</summary>
    public bool EndedWork => HasPassed && !CallerGone.IsCancellationRequested;

    /// <summary>An answer that is there is sent, however long that takes: a deadline that passed meanwhile would break off the connection
    /// in its midst. Events of a stream are written after it too; the last one says that it has passed.</summary>
    public static async ValueTask<object?> EndsWorkOnlyAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        object? answer = await next(context);
        var http = context.HttpContext;
        if (http.Features.Get<RequestDeadline>() is { } deadline)
            http.RequestAborted = deadline.CallerGone;
        return answer;
    }

    /// <summary>504: what the caller is told.</summary>
    public ApiException Refusal => new(StatusCodes.Status504GatewayTimeout, $"The deadline of {Allowed.TotalMilliseconds} ms passed.");
}
