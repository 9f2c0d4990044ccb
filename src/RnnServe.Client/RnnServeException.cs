using System.Net;
using System.Net.Http.Json;

namespace RnnServe.Client;

/// <summary>The server refused a request, or failed at it.</summary>
public sealed class RnnServeException : HttpRequestException
{
    internal RnnServeException(Problem problem, TimeSpan? retryAfter = null)
        : base($"{problem.Status} {problem.Title}: {problem.Detail}", inner: null, (HttpStatusCode)problem.Status) =>
        (Title, Detail, Errors, RetryAfter) = (problem.Title, problem.Detail, problem.Errors ?? Errors, retryAfter);

    /// <summary>The name of the status code.</summary>
    public string Title { get; }

    /// <summary>What is wrong: the refused value and the allowed range.</summary>
    public string Detail { get; }

    /// <summary>What is wrong, by the JSON name of the field; empty where no field is at fault.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = new Dictionary<string, string[]>();

    /// <summary>How long the server asks to wait before the next try; null where waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Of an answer that is no success. One without problem+json is not the server's but, say, a proxy's.</summary>
    internal static async Task<RnnServeException> OfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? await response.Content.ReadFromJsonAsync(ClientJson.Default.Problem, cancellation).ConfigureAwait(false)
            : null;
        problem ??= new(Title: response.ReasonPhrase ?? "", Detail: "The answer does not say what is wrong.");
        return new(problem with { Status = (int)response.StatusCode }, WaitOf(response));
    }

    /// <summary>What a Retry-After says, in seconds or as a date.</summary>
    internal static TimeSpan? WaitOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - DateTimeOffset.UtcNow;
}
