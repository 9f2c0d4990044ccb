using Microsoft.AspNetCore.Http.HttpResults;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Endpoints;

/// <summary>GET /health/live: the process answers. GET /health/ready: every model is loaded and answered its canary.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", Live)
            .WithName("Live")
            .WithTags("Health")
            .WithSummary("Whether the process answers")
            .WithDescription(
                "Answers 200 as soon as the server listens, whatever the state of its models. "
                + "A supervisor restarts the process when this fails.")
            .AllowAnonymous();
        app.MapGet("/health/ready", Ready)
            .WithName("Ready")
            .WithTags("Health")
            .WithSummary("Whether every model serves")
            .WithDescription(
                "Answers 200 when every model that was there at the start is loaded, or unloaded since, and its canary gave the recorded "
                + "answer; 503 while loading or draining, or when a model failed, naming it and the reason. A reload changes nothing.")
            .AllowAnonymous()
            .Refuses(503);
    }

    private static Ok<HealthResponse> Live() => TypedResults.Ok(new HealthResponse { Status = "live" });

    private static Ok<HealthResponse> Ready(ModelCatalog catalog, IHostApplicationLifetime lifetime, IOptions<LimitsOptions> limits)
    {
        CheckReady(catalog, lifetime, limits.Value);
        return TypedResults.Ok(new HealthResponse { Status = "ready" });
    }

    /// <exception cref="ApiException">503: not every model serves.</exception>
    internal static void CheckReady(ModelCatalog catalog, IHostApplicationLifetime lifetime, LimitsOptions limits)
    {
        if (Readiness.Fault(catalog, lifetime) is not { } fault)
            return;
        throw new ApiException(StatusCodes.Status503ServiceUnavailable, fault)
        {
            Errors = Readiness.Failed(catalog).ToDictionary(entry => entry.Name, entry => new[] { Readiness.Sentence(entry) }),
            RetryAfterSeconds = limits.RetryAfterSeconds,
        };
    }
}

/// <summary>The answer of a health route.</summary>
public sealed record HealthResponse
{
    /// <summary>"live" or "ready".</summary>
    /// <example>ready</example>
    [AllowedValues("live", "ready")]
    public required string Status { get; init; }
}
