using System.Net.Mime;

namespace RnnServe.Server.Http;

/// <summary>Makes every error problem+json: refusals, faults, unknown routes and wrong methods alike.</summary>
internal static class ProblemServices
{
    public static void AddServerProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.AddSingleton<AbandonedRequests>();
        services.AddExceptionHandler<ProblemHandler>();
    }

    public static void UseServerProblems(this IApplicationBuilder app)
    {
        // ProblemHandler logs by itself: the middleware would log messages, which may quote a request.
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages();
    }

    /// <summary>Says in the OpenAPI document how a route may fail.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (int status in statuses)
            route.Produces<ProblemBody>(status, MediaTypeNames.Application.ProblemJson);

        return route;
    }
}
