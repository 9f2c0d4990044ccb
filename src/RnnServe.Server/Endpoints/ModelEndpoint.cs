using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using RnnServe.Server.Catalog;
using RnnServe.Server.Problems;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>GET /v1/models/{name}: one model and its state.</summary>
internal static class ModelEndpoint
{
    public static void MapModel(this IEndpointRouteBuilder v1) => v1
        .MapGet("/models/{name}", Model)
        .WithName("GetModel")
        .WithTags("Models")
        .WithSummary("Show one model")
        .WithDescription("Languages, scores, limits, licence, files and state of one model.")
        .Refuses(404);

    private static Ok<ModelBody> Model([Description("A name that GET /v1/models lists.")] string name, ModelCatalog catalog)
    {
        var entry = catalog.Entries.FirstOrDefault(e => e.Name == name) ?? throw ApiException.ForField(
            "name",
            $"There is no model {Refusals.Quote(name)}; there is {(string.Join(", ", catalog.Entries.Select(e => e.Name)) is { Length: > 0 } names ? names : "none")}.",
            StatusCodes.Status404NotFound);
        return TypedResults.Ok(ModelBodies.Of(entry));
    }
}
