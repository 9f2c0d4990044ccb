using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace RnnServe.Server.Http;

/// <summary>The one place of the HTTP pipeline that turns exceptions into answers.</summary>
internal sealed partial class ProblemHandler(IProblemDetailsService problems, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (problem, retryAfter) = Describe(exception);
        if (problem.Status is StatusCodes.Status500InternalServerError)
            LogFault(logger, httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint, exception);

        if (retryAfter is { } seconds)
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

        httpContext.Response.StatusCode = problem.Status!.Value;
        try
        {
            await problems.WriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Who went away while sending is answered with 400; nobody reads it, and it is no fault of the server.
        }

        return true;
    }

    /// <summary>What an answer says that fails after it began.</summary>
    public static ProblemBody BodyOf(HttpContext http, Exception exception)
    {
        var problem = Describe(exception).Problem;
        if (problem.Status is StatusCodes.Status500InternalServerError)
            LogFault(http.RequestServices.GetRequiredService<ILogger<ProblemHandler>>(), http.GetEndpoint(), exception);
        ProblemTitles.Complete(http, problem);
        return ProblemBody.Of(problem);
    }

    private static (ProblemDetails Problem, int? RetryAfter) Describe(Exception exception) => exception switch
    {
        ApiException refused => (Refused(refused), refused.RetryAfterSeconds),
        BadHttpRequestException bad => (new ProblemDetails { Status = bad.StatusCode }, null),
        _ => (new ProblemDetails { Status = StatusCodes.Status500InternalServerError }, null),
    };

    private static ProblemDetails Refused(ApiException refused) => refused.Errors.Count > 0
        ? new HttpValidationProblemDetails(refused.Errors.ToDictionary()) { Status = refused.Status, Detail = refused.Message }
        : new ProblemDetails { Status = refused.Status, Detail = refused.Message };

    /// <summary>Types and stack traces only: the message of an exception may quote the request.</summary>
    internal static string WithoutMessages(Exception exception)
    {
        var lines = new List<string>();
        for (var e = exception; e is not null; e = e.InnerException)
            lines.Add($"{e.GetType().FullName}{Environment.NewLine}{e.StackTrace}");

        return string.Join($"{Environment.NewLine}caused by ", lines);
    }

    private static void LogFault(ILogger logger, Endpoint? route, Exception exception) =>
        LogFault(logger, route?.DisplayName ?? "no route", WithoutMessages(exception));

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "{Route} failed: {Fault}")]
    private static partial void LogFault(ILogger logger, string route, string fault);
}
