using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Server.Catalog;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>POST /v1/caption: images in, the best caption of each out, in the same order.</summary>
internal static class CaptionEndpoint
{
    public static void MapCaption(this IEndpointRouteBuilder v1) => v1
        .MapPost("/caption", HandleAsync)
        .WithName("Caption")
        .WithTags("Caption")
        .WithSummary("Caption images with one model")
        .WithDescription(
            "The image is the body, or a form has one or more. EXIF orientation is honoured; of an animation the first frame is seen. "
            + "The server never fetches an image from an address.")
        .Refuses(400, 404, 413, 415, 422, 429, 500, 503, 504);

    private static async Task<Ok<CaptionResponse>> HandleAsync(
        HttpContext http, ModelPicker models, UploadBudget budget, IOptions<LimitsOptions> options)
    {
        var clock = Stopwatch.StartNew();
        var limits = options.Value;
        using var upload = new ImageUpload(budget);
        var (request, model) = await ReadAsync(http, upload, models, limits);
        upload.Check(limits);
        var captions = await CaptionAsync((Captioner)model.Model!, upload, request, limits, http.RequestAborted);
        return TypedResults.Ok(new CaptionResponse
        {
            Model = model.Name,
            Version = model.Version!.Value.ToString(CultureInfo.InvariantCulture),
            Captions = [.. captions.Select(c => AnswerBodies.Of(c, request))],
            Timing = request.Includes("timing") ? Timing(captions, clock) : null,
        });
    }

    /// <summary>What can be refused without the body is refused before it is read. Of a form, the options may be in it.</summary>
    private static async Task<(CaptionRequest Request, CatalogEntry Model)> ReadAsync(
        HttpContext http, ImageUpload upload, ModelPicker models, LimitsOptions limits)
    {
        models.CheckRunning();
        if (ImageBody.FormType(http, limits) is { } form)
        {
            await ImageForm.ReadAsync(http.Request, form, upload, limits, http.RequestAborted);
            return Choose(http.Request.Query, upload.Fields, models);
        }

        var (request, model) = Choose(http.Request.Query, [], models);
        EngineRefusals.CheckRoom((Captioner)model.Model!, limits);
        await ImageBody.ReadAsync(http.Request, upload, limits, http.RequestAborted);
        return (request, model);
    }

    private static (CaptionRequest Request, CatalogEntry Model) Choose(
        IQueryCollection query, IReadOnlyList<KeyValuePair<string, string>> form, ModelPicker models)
    {
        var request = CaptionFields.Read(query, form);
        var model = models.Pick(ModelChoice.Of(request));
        ModelRules.Check(request, model.Manifest!);
        return (request, model);
    }

    private static Task<IReadOnlyList<ImageCaption>> CaptionAsync(
        Captioner captioner, ImageUpload upload, CaptionRequest request, LimitsOptions limits, CancellationToken cancellation)
    {
        var images = upload.Images.Count;
        var options = request.Fill(new CaptionOptions());
        return EngineRefusals.AnswerAsync(CaptionAsync, "image", "images", limits);

        async Task<IReadOnlyList<ImageCaption>> CaptionAsync()
        {
            try
            {
                return await captioner.CaptionAsync(upload.Images, options, upload.Dispose, cancellation);
            }
            catch (ImageRefusedException refused)
            {
                throw EngineRefusals.Of(refused, images);
            }
        }
    }

    private static TimingBody Timing(IReadOnlyList<ImageCaption> captions, Stopwatch clock) =>
        AnswerBodies.Of(captions.Select(c => c.Timing), clock) with { ImageMs = captions.Max(c => c.ImageMs) };
}
