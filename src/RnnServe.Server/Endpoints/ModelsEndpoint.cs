using Microsoft.AspNetCore.Http.HttpResults;
using RnnServe.Server.Catalog;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>GET /v1/models: every model and its state.</summary>
internal static class ModelsEndpoint
{
    public static void MapModels(this IEndpointRouteBuilder v1) => v1
        .MapGet("/models", Models)
        .WithName("ListModels")
        .WithTags("Models")
        .WithSummary("List the models")
        .WithDescription("Every model of this server with its state: loading, ready, or failed with the reason.");

    private static Ok<ModelsResponse> Models(ModelCatalog catalog) =>
        TypedResults.Ok(new ModelsResponse { Models = [.. catalog.Entries.Select(ModelBodies.Of)] });
}
