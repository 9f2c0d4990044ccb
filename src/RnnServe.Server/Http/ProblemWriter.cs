using System.Net.Mime;

namespace RnnServe.Server.Http;

/// <summary>Writes problem+json whatever the Accept header says: the built-in writer would leave the body out.</summary>
internal sealed class ProblemWriter(IOptions<ErrorPaths> paths) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        ProblemTitles.Complete(http, context.ProblemDetails);
        var body = ProblemBody.Of(context.ProblemDetails);
        http.Response.StatusCode = body.Status;
        string type = MediaTypeNames.Application.ProblemJson;
        return new ValueTask(paths.Value.Has(http.Request.Path)
            ? http.Response.WriteAsJsonAsync(ErrorProblemBody.Of(body), ProblemJson.Api.ErrorProblemBody, type, http.RequestAborted)
            : http.Response.WriteAsJsonAsync(body, ProblemJson.Api.ProblemBody, type, http.RequestAborted));
    }
}
