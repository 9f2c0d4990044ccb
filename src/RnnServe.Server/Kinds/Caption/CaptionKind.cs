using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Search;
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
            .WithDeadline();
        CacheMeter.Observe(v1.ServiceProvider);
    }

    public DecodingBody Decoding(ModelManifest manifest) => DecodingBody.Of(((CaptionManifest)manifest).Decoding);

    private static async Task<Results<Ok<CaptionResponse>, EventStreamResult>> HandleAsync(
        HttpContext http, ModelPicker models, UploadBudget budget, IOptions<LimitsOptions> options)
    {
        return EventStream.IsAsked(http.Request)
            ? await EventStream.AnswerAsync(http, AnswerAsync, CaptionJson.Api.CaptionResponse)
            : TypedResults.Ok(await AnswerAsync(written: null));

        async Task<CaptionResponse> AnswerAsync(Action<string>? written)
        {
            var clock = Stopwatch.StartNew();
            var limits = options.Value;
            using var upload = new ImageUpload(budget);
            var (request, model) = await ReadAsync(http, upload, models, limits);
            using var held = model;
            upload.Check(limits);
            if (written is not null)
                EventStream.CheckOne("image", upload.Images.Count);
            var captions = await CaptionAsync((Captioner)model.Model, upload, request, limits, written, http.RequestAborted);
            return new CaptionResponse
            {
                Model = model.Name,
                Version = model.Version,
                Captions = [.. captions.Select(c => CaptionBody.Of(c, request))],
                Timing = request.Includes("timing")
                    ? TimingBody.Of(captions.Select(c => c.Timing), clock) with { ImageMs = captions.Max(c => c.ImageMs) }
                    : null,
            };
        }
    }

    /// <summary>What can be refused without the body is refused before it is read. Of a form, the options may be in it.</summary>
    private static async Task<(CaptionRequest Request, PickedModel Model)> ReadAsync(
        HttpContext http, ImageUpload upload, ModelPicker models, LimitsOptions limits)
    {
        models.CheckRunning();
        if (ImageBody.FormType(http, limits) is { } form)
        {
            await ImageForm.ReadAsync(http.Request, form, upload, limits, http.RequestAborted);
            return Choose(http.Request.Query, upload.Fields, models);
        }

        var (request, model) = Choose(http.Request.Query, [], models);
        try
        {
            CheckRoom((Captioner)model.Model, limits);
            await ImageBody.ReadAsync(http.Request, upload, limits, http.RequestAborted);
            return (request, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static (CaptionRequest Request, PickedModel Model) Choose(
        IQueryCollection query, IReadOnlyList<KeyValuePair<string, string>> form, ModelPicker models)
    {
        var request = CaptionFields.Read(query, form);
        var choice = new ModelChoice(Model, request.Model)
        {
            Target = request.Language,
            TargetField = "language",
            Hint = "name one in 'model', or give 'language'",
        };
        return (request, models.Pick(choice, manifest => SearchRequest.Check(request.Fill(new()), manifest)));
    }

    private static async Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        Captioner captioner,
        ImageUpload upload,
        CaptionRequest request,
        LimitsOptions limits,
        Action<string>? written,
        CancellationToken cancellation)
    {
        int images = upload.Images.Count;
        var options = request.Fill(new SearchOptions());
        try
        {
            return await EngineRefusals.AnswerAsync(
                async () =>
                {
                    using var read = await captioner.ReadAsync(upload.Images, options, cancellation);
                    upload.Dispose();
                    return await captioner.CaptionAsync(read, cancellation, written);
                },
                "image",
                "images",
                limits);
        }
        catch (ImageRefusedException refused)
        {
            throw Refusal(refused, images);
        }
    }

    /// <summary>Refuses at once what would be refused after an upload.</summary>
    /// <exception cref="ApiException">429: no more images may wait.</exception>
    private static void CheckRoom(Captioner captioner, LimitsOptions limits)
    {
        if (captioner.Waiting < captioner.MaxWaiting)
            return;
        string message = $"{captioner.Waiting} images are waiting, and no more than {captioner.MaxWaiting} may.";
        throw ApiException.NoRoom(message, limits);
    }

    /// <summary>An image that cannot be read.</summary>
    /// <param name="refused">Which one, and why.</param>
    /// <param name="images">How many the request has.</param>
    private static ApiException Refusal(ImageRefusedException refused, int images)
    {
        int status = refused.Problem switch
        {
            ImageProblem.UnknownType => StatusCodes.Status415UnsupportedMediaType,
            ImageProblem.TooManyPixels => StatusCodes.Status413PayloadTooLarge,
            _ => StatusCodes.Status422UnprocessableEntity,
        };
        return images == 1
            ? ApiException.ForField("image", refused.Message, status)
            : ApiException.ForField($"image[{refused.Index}]", $"image[{refused.Index}]: {refused.Message}", status);
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
