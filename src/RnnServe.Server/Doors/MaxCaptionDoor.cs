using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Search;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Keys;
using RnnServe.Server.Kinds.Caption;
using RnnServe.Server.OpenApi;

namespace RnnServe.Server.Doors;

/// <summary>The API of the MAX Image Caption Generator: three captions of an image, and what the model is.</summary>
internal sealed class MaxCaptionDoor : IDoor
{
    private const string Tagged = "MAX Image Caption Generator";

    /// <summary>Captions of an answer, and hypotheses of the search, as that service has them; fewer where a model allows no such
    /// beam.</summary>
    private const int Captions = 3;

    public OpenApiTag Tag => new() { Name = Tagged, Description = "For clients of the MAX Image Caption Generator." };

    public IReadOnlyList<string> Paths => ["/model"];

    public bool IsOpen(DoorsOptions doors) => doors.MaxCaption;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/model/predict", PredictAsync)
            .WithName("MaxPredict")
            .WithTags(Tagged)
            .WithSummary("Caption an image as the MAX Image Caption Generator does")
            .WithDescription(
                "A form with one file named image. The captions are the best three, best first; fewer where the model's widest beam is "
                + "narrower.")
            .RefusesWithError(400, 404, 413, 415, 422, 429, 500, 503, 504)
            .RequireScope(CaptionKind.Model.Scope)
            .AddOpenApiOperationTransformer(Describe)
            .AsksModel();
        app.MapGet("/model/metadata", Metadata)
            .WithName("MaxMetadata")
            .WithTags(Tagged)
            .WithSummary("Show the model as the MAX Image Caption Generator does")
            .WithDescription("The captioning model that answers.")
            .RefusesWithError(400, 404, 503);
    }

    private static async Task<Ok<MaxCaptionResponse>> PredictAsync(HttpContext http, DoorEngine engine)
    {
        var found = await engine.Captions.AnswerAsync(http, asked => asked, check: CheckOne, fit: Fitted);
        var caption = found.Captions[0];
        var all = caption.Alternatives.Select(other => (other.Text, other.Confidence)).Prepend((caption.Text, caption.Confidence));
        return TypedResults.Ok(new MaxCaptionResponse
        {
            Predictions =
            [
                .. all.Select((one, index) => new MaxCaptionPrediction
                {
                    Index = index.ToString(CultureInfo.InvariantCulture),
                    Caption = one.Text,
                    Probability = one.Confidence,
                }),
            ],
        });
    }

    private static SearchOptions Fitted(SearchOptions search, ModelManifest manifest)
    {
        int beam = Math.Min(Captions, ((SearchManifest)manifest).Decoding.Limits.BeamSize);
        return search with { BeamSize = beam, Alternatives = beam - 1 };
    }

    private static void CheckOne(int images)
    {
        if (images > 1)
            throw ApiException.ForField("image", $"There are {images} images; there must be one.");
    }

    private static Ok<MaxCaptionMetadata> Metadata(ModelPicker models)
    {
        var model = models.Find(new ModelChoice(CaptionKind.Model, null) { Hint = "the server's models decide" });
        var manifest = model.Manifest!;
        return TypedResults.Ok(new MaxCaptionMetadata
        {
            Id = $"{model.Name}-{model.Version}",
            Name = model.Name,
            Description = manifest.Description,
            License = manifest.Licence,
        });
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Description = "A form with the image.",
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ImageBody.Form] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string> { "image" },
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["image"] = new OpenApiSchema
                            {
                                Description = "A JPEG, PNG, WebP or GIF file.",
                                Type = JsonSchemaType.String,
                                Format = "binary",
                            },
                        },
                    },
                },
            },
        };
        return Task.CompletedTask;
    }
}
