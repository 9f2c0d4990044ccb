using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Search;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Kinds.Caption;

/// <summary>Images in, a sentence about each out.</summary>
internal sealed class CaptionKind : IServerKind
{
    public static ModelKind Model { get; } = new("caption", "caption images") { Input = "image" };

    ModelKind IServerKind.Model => Model;

    public OpenApiTag Tag => new() { Name = "Caption", Description = "Describe images." };

    public IJsonTypeInfoResolver Json => CaptionJson.Api;

    public Command Command => CaptionCommand.Create();

    public void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/caption", HandleAsync)
            .WithName("Caption")
            .WithTags("Caption")
            .WithSummary("Caption images with one model")
            .WithDescription(
                "The image is the body, or a form has one or more. EXIF orientation is honoured; of an animation the first frame is seen. "
                + "The server never fetches an image from an address.")
            .Refuses(400, 404, 413, 415, 422, 429, 500, 503, 504)
            .AddOpenApiOperationTransformer(CaptionOperation.Apply)
            .AddOpenApiOperationTransformer(EventStream.Apply)
            .AsksModel();
        CacheMeter.Observe(v1.ServiceProvider);
    }

    public DecodingBody Decoding(ModelManifest manifest) => DecodingBody.Of(((CaptionManifest)manifest).Decoding);

    private static async Task<Results<Ok<CaptionResponse>, EventStreamResult>> HandleAsync(
        HttpContext http, ModelPicker models, UploadBudget budget, IOptions<LimitsOptions> options)
    {
        var captioning = new Captioning(models, budget, options.Value);
        return EventStream.IsAsked(http.Request)
            ? await EventStream.AnswerAsync(http, AnswerAsync, CaptionJson.Api.CaptionResponse)
            : TypedResults.Ok(await AnswerAsync(written: null));

        async Task<CaptionResponse> AnswerAsync(Action<string>? written)
        {
            var clock = Stopwatch.StartNew();
            var answer = await captioning.AnswerAsync(
                http, asked => asked, written, written is null ? null : images => EventStream.CheckOne("image", images));
            var (request, captions) = (answer.Request, answer.Captions);
            return new CaptionResponse
            {
                Model = answer.Model,
                Version = answer.Version,
                Captions = [.. captions.Select(c => CaptionBody.Of(c, request))],
                Timing = request.Includes("timing")
                    ? TimingBody.Of(captions.Select(c => c.Timing), clock) with { ImageMs = captions.Max(c => c.ImageMs) }
                    : null,
            };
        }
    }
}

/// <summary>The JSON of requests and answers.</summary>
[JsonSerializable(typeof(CaptionRequest))]
[JsonSerializable(typeof(CaptionResponse))]
[JsonSerializable(typeof(SamplingRequest))]
internal sealed partial class CaptionJson : JsonSerializerContext
{
    public static CaptionJson Api { get; } = new(ApiJson.Options());
}
