using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using RnnServe.Inference.Tasks;
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

    private static async Task<Ok<CaptionResponse>> HandleAsync(HttpContext http, ModelPicker models, IOptions<LimitsOptions> limits)
    {
        var clock = Stopwatch.StartNew();
        var upload = await ImageBody.ReadAsync(http, limits.Value, http.RequestAborted);
        var request = CaptionFields.Read(http.Request.Query, upload.Fields);
        upload.Check(limits.Value);
        var model = models.Pick(ModelChoice.Of(request));
        ModelRules.Check(request, model.Manifest!);

        var options = new CaptionOptions
        {
            BeamSize = request.BeamSize,
            Alternatives = request.Alternatives,
            LengthPenalty = (float?)request.LengthPenalty,
            MaxLength = request.MaxLength,
            Tokens = request.Includes("tokens"),
            Attention = request.Includes("attention"),
        };
        var captioner = (Captioner)model.Model!;
        var captions = await EngineRefusals.AnswerAsync(
            () => CaptionAsync(captioner, upload.Images, options, http.RequestAborted), "image", "images", limits.Value);
        return TypedResults.Ok(new CaptionResponse
        {
            Model = model.Name,
            Version = model.Version!.Value.ToString(CultureInfo.InvariantCulture),
            Captions = [.. captions.Select(c => CaptionBodies.Of(c, request))],
            Timing = request.Includes("timing") ? Timing(captions, clock) : null,
        });
    }

    private static async Task<IReadOnlyList<Caption>> CaptionAsync(
        Captioner captioner, IReadOnlyList<ReadOnlyMemory<byte>> images, CaptionOptions options, CancellationToken cancellation)
    {
        try
        {
            return await captioner.CaptionAsync(images, options, cancellation);
        }
        catch (ImageRefusedException refused)
        {
            throw EngineRefusals.Of(refused, images.Count);
        }
    }

    private static TimingBody Timing(IReadOnlyList<Caption> captions, Stopwatch clock) =>
        TimingBodies.Of(captions.Select(c => c.Timing), clock) with { ImageMs = captions.Max(c => c.ImageMs) };
}
