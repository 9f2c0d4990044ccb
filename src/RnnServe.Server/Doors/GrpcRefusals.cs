using Grpc.Core;
using RnnServe.Protocols.OpenInference;
using RnnServe.Server.Http;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Doors;

/// <summary>What is refused over HTTP with a status and problem+json is refused over gRPC with a status code and the same words.</summary>
internal static partial class GrpcRefusals
{
    private const string GrpcType = "application/grpc";

    /// <param name="context">The call.</param>
    /// <param name="logger">Told of faults of the server, without the request's content.</param>
    /// <param name="work">Answers it, until the caller goes away or a deadline passes.</param>
    /// <exception cref="RpcException">The call is refused.</exception>
    public static async Task<T> AnswerAsync<T>(ServerCallContext context, ILogger logger, Func<CancellationToken, Task<T>> work)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, context.GetHttpContext().RequestAborted);
        try
        {
            return await work(either.Token);
        }
        catch (ApiException refused)
        {
            throw Refuse(context.GetHttpContext(), refused);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            throw Ended(context.GetHttpContext(), context.Deadline);
        }
        catch (Exception fault)
        {
            Tell(context.GetHttpContext(), StatusCodes.Status500InternalServerError);
            LogFault(logger, context.Method, ProblemHandler.WithoutMessages(fault));
            throw new RpcException(new Status(StatusCode.Internal, "The server failed; its log says more."));
        }
    }

    /// <summary>A refusal's status code, words and time to wait.</summary>
    public static RpcException Refuse(HttpContext http, ApiException refused)
    {
        Tell(http, refused.Status);
        var trailers = new Metadata();
        if (refused.RetryAfterSeconds is { } seconds)
            trailers.Add("retry-after", seconds.ToString(CultureInfo.InvariantCulture));
        return new(new Status(CodeOf(refused.Status), refused.Message), trailers);
    }

    /// <summary>What ended a call before its answer: a deadline, or else the caller.</summary>
    /// <param name="http">The call.</param>
    /// <param name="ofCaller">The deadline that the caller gave by gRPC's own header.</param>
    public static RpcException Ended(HttpContext http, DateTime? ofCaller = null) => new(
        http.Features.Get<RequestDeadline>()?.HasPassed == true || ofCaller <= DateTime.UtcNow
            ? new Status(StatusCode.DeadlineExceeded, "The deadline of the request passed.")
            : new Status(StatusCode.Cancelled, "The caller went away."));

    /// <summary>What is refused before the service is asked, for want of a key for instance, is refused in gRPC's form too: its status
    /// comes with the headers, and nothing after them.</summary>
    public static void UseGrpcRefusals(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (ApiException refused) when (IsGrpc(http.Request) && !http.Response.HasStarted)
        {
            Tell(http, refused.Status);
            http.Response.Clear();
            http.Response.ContentType = GrpcType;
            http.Response.Headers["grpc-status"] = ((int)CodeOf(refused.Status)).ToString(CultureInfo.InvariantCulture);
            http.Response.Headers["grpc-message"] = Uri.EscapeDataString(refused.Message);
            if (refused.RetryAfterSeconds is { } seconds)
                http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
    });

    /// <summary>The status over HTTP that means the same, for the count of requests.</summary>
    private static void Tell(HttpContext http, int status) => RequestRecord.Of(http)?.FailedWith = status;

    /// <summary>Whatever its content type says, another route answers by its HTTP status.</summary>
    private static bool IsGrpc(HttpRequest request) => request.Path.StartsWithSegments("/" + GRPCInferenceService.Descriptor.FullName)
        && request.ContentType is { } type && type.StartsWith(GrpcType, StringComparison.OrdinalIgnoreCase);

    private static StatusCode CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound => StatusCode.NotFound,
        StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,
        StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
        StatusCodes.Status504GatewayTimeout => StatusCode.DeadlineExceeded,
        _ => StatusCode.InvalidArgument,
    };

    [LoggerMessage(EventId = 8, Level = LogLevel.Error, Message = "{Method} failed: {Fault}")]
    private static partial void LogFault(ILogger logger, string method, string fault);
}
