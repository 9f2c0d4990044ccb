using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using RnnServe.Server.Catalog;
using RnnServe.Server.Endpoints;
using RnnServe.Server.Http;
using RnnServe.Server.Keys;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Doors;

/// <summary>The Open Inference Protocol, version 2, over HTTP; <see cref="GrpcDoor"/> adds gRPC.</summary>
internal sealed class OpenInferenceDoor : IDoor
{
    private const string Tagged = "Open Inference Protocol";

    private const string Name = "A name that GET /v1/models lists.", OfVersion = "The version that is served.";

    private static readonly string Version = typeof(OpenInferenceDoor).Assembly.GetName().Version!.ToString(fieldCount: 3);

    /// <summary>What the server says that it is.</summary>
    public static InferServer Server { get; } = new()
    {
        Name = "rnnserve",
        Version = Version,
        Extensions = ["binary_tensor_data"],
    };

    public OpenApiTag Tag => new()
    {
        Name = Tagged,
        Description = "For clients of the Open Inference Protocol, version 2. Models that translate take a tensor text and give "
            + "translation, those that caption take image and give caption, those that classify take text and give label. With "
            + "Doors:GrpcPort the protocol is served over gRPC too.",
    };

    public IReadOnlyList<string> Paths => ["/v2"];

    public bool IsOpen(DoorsOptions doors) => doors.OpenInference;

    public void Map(IEndpointRouteBuilder app)
    {
        var v2 = app.MapGroup("/v2").WithTags(Tagged);
        Get(v2, "", "Server", "Show the server", () => TypedResults.Ok(Server));
        Get(v2, "/health/live", "Live", "Whether the process answers", () => TypedResults.Ok(new InferLive { Live = true }))
            .AllowAnonymous();
        Get(v2, "/health/ready", "Ready", "Whether every model serves", Ready).AllowAnonymous().RefusesWithError(503);
        v2.MapPost("/repository/index", (InferModels models) => TypedResults.Ok<IReadOnlyList<InferIndexEntry>>([.. models.Index]))
            .WithName("InferIndex")
            .WithSummary("List the models as the Open Inference Protocol does")
            .WithDescription("Every model with its state. A body is not looked at.");
        foreach (var (path, suffix) in new[] { ("/models/{name}", ""), ("/models/{name}/versions/{version}", "Version") })
        {
            Get(v2, path, "Model" + suffix, "Show a model and its tensors", Model).RefusesWithError(404, 503);
            Get(v2, path + "/ready", "ModelReady" + suffix, "Whether a model serves", IsReady).RefusesWithError(404, 503);
            v2.MapPost(path + "/infer", InferAsync)
                .WithName("Infer" + suffix)
                .WithSummary("Ask a model as the Open Inference Protocol does")
                .WithDescription(
                    "JSON, or JSON and behind it the tensor as it is; the content type does not matter. Where binary output is asked for, "
                    + "the answer's tensor comes behind its JSON too.")
                .Produces<InferResponse>()
                .RefusesWithError(400, 404, 413, 415, 422, 429, 500, 503, 504)
                .AddOpenApiOperationTransformer(InferOperation.Apply)
                .AsksModel();
        }

        app.MapGrpcDoor();
    }

    private static RouteHandlerBuilder Get(RouteGroupBuilder v2, string path, string name, string summary, Delegate handler) => v2
        .MapGet(path, handler)
        .WithName("Infer" + name)
        .WithSummary(summary + " as the Open Inference Protocol does")
        .WithDescription("The same as the route of this server's own, in the form of that protocol.");

    private static Ok<InferReady> Ready(ModelCatalog catalog, IHostApplicationLifetime lifetime, IOptions<LimitsOptions> limits)
    {
        HealthEndpoints.CheckReady(catalog, lifetime, limits.Value);
        return TypedResults.Ok(new InferReady { Ready = true });
    }

    private static Ok<InferModel> Model(
        InferModels models, [Description(Name)] string name, [Description(OfVersion)] string? version = null) =>
        TypedResults.Ok(models.Describe(name, version));

    private static Ok<InferModelReady> IsReady(
        InferModels models, [Description(Name)] string name, [Description(OfVersion)] string? version = null)
    {
        models.Describe(name, version);
        return TypedResults.Ok(new InferModelReady { Name = name, Ready = true });
    }

    private static async Task InferAsync(
        HttpContext http,
        InferModels models,
        DoorEngine engine,
        KeyGate keys,
        UploadBudget budget,
        [Description(Name)] string name,
        [Description(OfVersion)] string? version = null)
    {
        var (model, kind) = models.Pick(name, version);
        using var held = model;
        keys.Demand(http, kind.Kind.Scope);
        using var upload = new ImageUpload(budget);
        var (request, input) = await InferReader.ReadAsync(http, kind, upload, engine.Limits);
        var found = await kind.RunAsync(new(model, input.Elements, upload, engine, http, http.RequestAborted));
        await InferWriter.WriteAsync(http, request, model, new(kind.Output, input.Shape, found));
    }
}
