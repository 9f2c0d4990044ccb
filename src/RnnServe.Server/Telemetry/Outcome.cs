using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace RnnServe.Server.Telemetry;

/// <summary>How a request ended, in one of few words: a label must not have many values.</summary>
internal static class Outcome
{
    public const string Answered = "ok", Abandoned = "abandoned", Deadline = "deadline", Quota = "quota";

    private const string Invalid = "invalid", Denied = "denied", NotFound = "not_found", Overloaded = "overloaded",
        Unavailable = "unavailable", Error = "error";

    /// <summary>Of an answer's status.</summary>
    public static string Of(int status) => status switch
    {
        < 400 => Answered,
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => Denied,
        StatusCodes.Status404NotFound => NotFound,
        StatusCodes.Status429TooManyRequests => Overloaded,
        StatusCodes.Status499ClientClosedRequest => Abandoned,
        StatusCodes.Status503ServiceUnavailable => Unavailable,
        StatusCodes.Status504GatewayTimeout => Deadline,
        < 500 => Invalid,
        _ => Error,
    };

    /// <summary>Of an answer over gRPC, whose HTTP status is 200 whatever happens; null where it is none.</summary>
    /// <remarks>What the server refuses or fails in is told apart before: any other status is the library's word on a call that it could
    /// not read.</remarks>
    public static string? OfGrpc(HttpResponse response) => GrpcStatus(response) is not { } status ? null : status switch
    {
        StatusCode.OK => Answered,
        StatusCode.Cancelled => Abandoned,
        StatusCode.DeadlineExceeded => Deadline,
        _ => Invalid,
    };

    /// <summary>It stands in the trailers, or among the headers of an answer that has nothing else.</summary>
    private static StatusCode? GrpcStatus(HttpResponse response)
    {
        const string Name = "grpc-status";
        var trailers = response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        string? value = trailers?.TryGetValue(Name, out var late) == true ? late : response.Headers[Name];
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? (StatusCode)code : null;
    }
}
