using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Endpoints;

/// <summary>POST /v1/models/{name}/reload and /unload: what an operator does to a model while others are served.</summary>
internal static class ModelChangeEndpoints
{
    private const string Canary = "canary";

    private const string NameText = "Name of a folder of the models folder, which GET /v1/models lists once it is loaded.";

    public static void MapModelChanges(this IEndpointRouteBuilder v1)
    {
        var model = v1.MapGroup("/models/{name}").OwnPagesOnly().WithTags("Models");
        model.MapPost("/reload", ReloadAsync)
            .WithName("ReloadModel")
            .WithSummary("Load the newest version of a model and swap it in")
            .WithDescription(
                "Checks the files of the highest version in the model's folder, opens them, compares the canary's answer and warms the "
                + "version up; from then on it answers. Requests in flight finish with the version that they began with, and the answer "
                + "comes when that one's memory is given back. Where the newest version is invalid nothing changes, and 409 says why. A "
                + "model that is new, or unloaded, is loaded. Reloads of a model take turns.")
            .Refuses(400, 403, 404, 409, 500, 503, 504)
            .AddOpenApiOperationTransformer(Describe)
            .WithDeadline();
        model.MapPost("/unload", UnloadAsync)
            .WithName("UnloadModel")
            .WithSummary("Take a model out of service")
            .WithDescription(
                "Requests in flight finish; the answer comes when the model's memory is given back. Its files stay. It is listed as "
                + "unloaded, and requests that name it get 404, until it is reloaded or the server starts again.")
            .Refuses(400, 403, 404, 500, 503, 504)
            .WithDeadline();
    }

    private static async Task<Ok<ModelBody>> ReloadAsync(
        [Description(NameText)] string name, HttpContext http, ModelLifeCycle models) =>
        TypedResults.Ok(ModelBody.Of(await models.ReloadAsync(name, Share(http.Request.Query[Canary]), http.RequestAborted)));

    private static async Task<Ok<ModelBody>> UnloadAsync([Description(NameText)] string name, HttpContext http, ModelLifeCycle models) =>
        TypedResults.Ok(ModelBody.Of(await models.UnloadAsync(name, http.RequestAborted)));

    /// <exception cref="ApiException">400: it is none.</exception>
    private static int? Share(string? canary) => canary is null
        ? null
        : ModelsOptions.ParseShare(canary) ?? throw ApiException.ForField(
            Canary, Refusals.Wording(Canary, Refusals.Quote(canary), $"an integer from 0 to {ModelsOptions.MostCanaryPercent}"));

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = Canary,
            In = ParameterLocation.Query,
            Description =
                "Percent of the requests that the newest version answers from now on while the one before answers the rest; 0: it answers "
                + "all. Left out: as before, which the setting Models:Canary says at the start.",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Format = "int32",
                Minimum = "0",
                Maximum = ModelsOptions.MostCanaryPercent.ToString(CultureInfo.InvariantCulture),
            },
            Example = 10,
        });
        return Task.CompletedTask;
    }
}
