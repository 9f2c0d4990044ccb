using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using RnnServe.Server.Catalog;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>GET /health/ready: every model is loaded and answered its canary.</summary>
internal static class ReadyEndpoint
{
    public static void MapReady(this IEndpointRouteBuilder app) => app
        .MapGet("/health/ready", Ready)
        .WithName("Ready")
        .WithTags("Health")
        .WithSummary("Whether every model serves")
        .WithDescription(
            "Answers 200 when every model is loaded and its canary gave the recorded answer; "
            + "503 while loading or draining, or when a model failed, naming it and the reason.")
        .Refuses(503);

    private static Ok<HealthResponse> Ready(ModelCatalog catalog, IHostApplicationLifetime lifetime, IOptions<LimitsOptions> limits)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            throw ApiException.Unavailable("The server is draining.", limits.Value);

        if (!catalog.Settled.IsCompleted)
        {
            var loading = catalog.Entries.Where(e => e.State == ModelState.Loading).Select(e => e.Name);
            throw ApiException.Unavailable($"Loading: {string.Join(", ", loading)}.", limits.Value);
        }

        if (catalog.Fault is { } fault)
            throw ApiException.Unavailable(fault, limits.Value);

        var failed = catalog.Entries.Where(e => e.State == ModelState.Failed)
            .ToDictionary(e => e.Name, e => new[] { $"The model '{e.Name}' is not served. {e.Reason}" });
        if (failed.Count > 0)
            throw ApiException.ForFields(failed, StatusCodes.Status503ServiceUnavailable);

        return TypedResults.Ok(new HealthResponse { Status = "ready" });
    }
}
