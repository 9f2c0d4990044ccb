using Microsoft.AspNetCore.Http.HttpResults;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>GET /health/live: the process answers.</summary>
internal static class LiveEndpoint
{
    public static void MapLive(this IEndpointRouteBuilder app) => app
        .MapGet("/health/live", Live)
        .WithName("Live")
        .WithTags("Health")
        .WithSummary("Whether the process answers")
        .WithDescription(
            "Answers 200 as soon as the server listens, whatever the state of its models. "
            + "A supervisor restarts the process when this fails.");

    private static Ok<HealthResponse> Live() => TypedResults.Ok(new HealthResponse { Status = "live" });
}
