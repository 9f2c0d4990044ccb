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
        var entry = catalog.Entries.FirstOrDefault(e => e.Name == name) ?? throw ModelPicker.NoSuchModel("name", name, catalog.Entries);
        return TypedResults.Ok(ModelBodies.Of(entry));
    }
}
