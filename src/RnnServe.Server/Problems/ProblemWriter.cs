using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;

namespace RnnServe.Server.Problems;

/// <summary>Writes problem+json whatever the Accept header says: the built-in writer would leave the body out.</summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var problem = context.ProblemDetails;
        ProblemTitles.Complete(http, problem);
        http.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        var write = problem is HttpValidationProblemDetails validation
            ? http.Response.WriteAsJsonAsync(validation, Json.ServerJson.Default.HttpValidationProblemDetails, MediaTypeNames.Application.ProblemJson, http.RequestAborted)
            : http.Response.WriteAsJsonAsync(problem, Json.ServerJson.Default.ProblemDetails, MediaTypeNames.Application.ProblemJson, http.RequestAborted);
        return new ValueTask(write);
    }
}
