using Grpc.Core;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>What is refused over HTTP with a status and problem+json is refused over gRPC with a status code and the same words.</summary>
internal static partial class GrpcRefusals
{
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
            if (refused.RetryAfterSeconds is { } seconds)
                context.ResponseTrailers.Add("retry-after", seconds.ToString(CultureInfo.InvariantCulture));
            throw Of(refused);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            var deadline = context.GetHttpContext().Features.Get<RequestDeadline>();
            bool isLate = deadline?.HasPassed == true || context.Deadline <= DateTime.UtcNow;
            throw new RpcException(isLate
                ? new Status(StatusCode.DeadlineExceeded, "The deadline of the request passed.")
                : new Status(StatusCode.Cancelled, "The caller went away."));
        }
        catch (Exception fault)
        {
            LogFault(logger, context.Method, ProblemHandler.WithoutMessages(fault));
            throw new RpcException(new Status(StatusCode.Internal, "The server failed; its log says more."));
        }
    }

    /// <summary>The status code of a refusal, with its words.</summary>
    public static RpcException Of(ApiException refused) => new(new Status(CodeOf(refused.Status), refused.Message));

    private static StatusCode CodeOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => StatusCode.NotFound,
        StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,
        StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
        _ => StatusCode.InvalidArgument,
    };

    [LoggerMessage(EventId = 8, Level = LogLevel.Error, Message = "{Method} failed: {Fault}")]
    private static partial void LogFault(ILogger logger, string method, string fault);
}
