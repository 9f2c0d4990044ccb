namespace RnnServe.Server.Problems;

/// <summary>Makes every error problem+json: refusals, faults, unknown routes and wrong methods alike.</summary>
internal static class ProblemServices
{
    public static void AddServerProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemHandler>();
    }

    public static void UseServerProblems(this IApplicationBuilder app)
    {
        // ProblemHandler logs by itself: the middleware would log messages, which may quote a request.
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages();
    }
}
