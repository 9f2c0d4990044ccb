using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace RnnServe.Server.Http;

/// <summary>Fills in what every problem has: type, title, status, detail, instance.</summary>
internal static class ProblemTitles
{
    public static void Complete(HttpContext http, ProblemDetails problem)
    {
        problem.Status ??= http.Response.StatusCode;
        int status = problem.Status.Value;
        problem.Title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } reason ? reason : "Error";
        problem.Type = $"https://httpwg.org/specs/rfc9110.html#status.{status}";
        if (status is StatusCodes.Status429TooManyRequests)
            problem.Type = "https://www.rfc-editor.org/rfc/rfc6585#section-4";

        problem.Detail ??= Detail(http, status);
        problem.Instance ??= http.Request.PathBase + http.Request.Path;
    }

    private static string Detail(HttpContext http, int status) => status switch
    {
        StatusCodes.Status404NotFound => $"There is no route '{http.Request.Path}'; /openapi/v1.json and /swagger show those there are.",
        StatusCodes.Status405MethodNotAllowed =>
            $"'{http.Request.Path}' does not answer {http.Request.Method}; allowed: {http.Response.Headers.Allow}.",
        // Routing refuses some content types before the endpoint sees them.
        StatusCodes.Status415UnsupportedMediaType => ContentType(http.Request.ContentType, "application/json"),
        StatusCodes.Status500InternalServerError => "The server failed; its log says more.",
        _ => ReasonPhrases.GetReasonPhrase(status),
    };

    /// <summary>What a body must be, next to what it said it is.</summary>
    public static string ContentType(string? type, string accepted) =>
        $"The content type {Refusals.Quote(type ?? "")} is not accepted; send {accepted}.";
}
