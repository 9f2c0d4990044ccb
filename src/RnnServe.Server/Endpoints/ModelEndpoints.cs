using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;

namespace RnnServe.Server.Endpoints;

/// <summary>GET /v1/models: every model and its state. GET /v1/models/{name}: one of them.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/models", Models)
            .WithName("ListModels")
            .WithTags("Models")
            .WithSummary("List the models")
            .WithDescription("Every model of this server with its state: loading, ready, unloaded, or failed with the reason.");
        v1.MapGet("/models/{name}", Model)
            .WithName("GetModel")
            .WithTags("Models")
            .WithSummary("Show one model")
            .WithDescription("Languages, scores, limits, licence, files and state of one model.")
            .Refuses(404);
        ModelGauges.Observe(v1.ServiceProvider);
    }

    private static Ok<ModelsResponse> Models(ModelCatalog catalog) =>
        TypedResults.Ok(new ModelsResponse { Models = [.. catalog.Entries.Select(ModelBody.Of)] });

    private static Ok<ModelBody> Model([Description("A name that GET /v1/models lists.")] string name, ModelCatalog catalog)
    {
        var entry = catalog.Find(name) ?? throw ModelPicker.NoSuchModel("name", name, catalog.Entries);
        return TypedResults.Ok(ModelBody.Of(entry));
    }
}
