using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>A request that is refused: <see cref="ProblemHandler"/> turns it into problem+json.</summary>
/// <remarks>The message goes to the caller, so it names values and allowed ranges, and never the server's insides.</remarks>
internal sealed class ApiException(int status, string detail) : Exception(detail)
{
    /// <summary>The HTTP status code.</summary>
    public int Status { get; } = status;

    /// <summary>What is wrong, by the JSON name of the field.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = new Dictionary<string, string[]>();

    /// <summary>How long the caller should wait before the next try, in seconds; null where waiting does not help.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>429: there is no room now, and there may be soon.</summary>
    /// <param name="detail">What there is no room for.</param>
    /// <param name="limits">Has the shortest time to wait.</param>
    /// <param name="drain">How long it takes to do what waits.</param>
    public static ApiException NoRoom(string detail, LimitsOptions limits, TimeSpan drain = default) =>
        TryAgain(StatusCodes.Status429TooManyRequests, detail, Math.Max(limits.RetryAfterSeconds, (int)Math.Ceiling(drain.TotalSeconds)));

    /// <summary>503: the server or the model is not there now, and may be soon.</summary>
    public static ApiException Unavailable(string detail, LimitsOptions limits) =>
        TryAgain(StatusCodes.Status503ServiceUnavailable, detail, limits.RetryAfterSeconds);

    /// <summary>One field is refused.</summary>
    public static ApiException ForField(string field, string message, int status = StatusCodes.Status400BadRequest) =>
        ForFields(new Dictionary<string, string[]> { [field] = [message] }, status);

    /// <summary>One or more fields are refused.</summary>
    public static ApiException ForFields(IReadOnlyDictionary<string, string[]> errors, int status = StatusCodes.Status400BadRequest) =>
        new(status, string.Join(" ", errors.SelectMany(e => e.Value))) { Errors = errors };

    private static ApiException TryAgain(int status, string detail, int seconds) => new(status, detail) { RetryAfterSeconds = seconds };
}
