using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Server.Catalog;
using RnnServe.Server.Json;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>POST /v1/translate: texts in, the best translation of each out, in the same order.</summary>
internal static class TranslateEndpoint
{
    public static void MapTranslate(this IEndpointRouteBuilder v1) => v1
        .MapPost("/translate", HandleAsync)
        .WithName("Translate")
        .WithTags("Translate")
        .WithSummary("Translate texts with one model")
        .WithDescription(
            "Long texts are split into sentences, each sentence is decoded, and the white space between them is kept. "
            + "Nothing is cut without truncated: true.")
        .Accepts<TranslateRequest>("application/json")
        .Refuses(400, 404, 413, 415, 429, 500, 503, 504);

    private static async Task<Ok<TranslateResponse>> HandleAsync(HttpContext http, ModelPicker models, IOptions<LimitsOptions> limits)
    {
        RefuseEventStream(http.Request);
        var clock = Stopwatch.StartNew();
        var request = await JsonBody.ReadAsync(http, ApiJson.Context.TranslateRequest, http.RequestAborted);
        RequestRules.Check(request, limits.Value);
        var model = models.Pick(ModelChoice.Of(request));
        ModelRules.Check(request, model.Manifest!);

        var options = request.Fill(new TranslationOptions { CoveragePenalty = (float?)request.CoveragePenalty });
        var translator = (Translator)model.Model!;
        var translations = await EngineRefusals.AnswerAsync(
            () => translator.TranslateAsync(request.Text!.Items, options, http.RequestAborted), "text", "sentences", limits.Value);
        return TypedResults.Ok(Answer(request, model, translations, clock));
    }

    private static TranslateResponse Answer(
        TranslateRequest request, CatalogEntry model, IReadOnlyList<Translation> translations, Stopwatch clock) => new()
        {
            Model = model.Name,
            Version = model.Version!.Value.ToString(CultureInfo.InvariantCulture),
            Translations = [.. translations.Select(t => AnswerBodies.Of(t, request))],
            Usage = new UsageBody
            {
                SourceTokens = translations.Sum(t => t.SourceTokens),
                TargetTokens = translations.Sum(t => t.TargetTokens),
            },
            Timing = request.Includes("timing") ? AnswerBodies.Of(translations.Select(t => t.Timing), clock) : null,
        };

    private static void RefuseEventStream(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted is { Count: > 0 } && accepted.All(a => a.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)))
        {
            const string NotYet = "Accept asks for text/event-stream, which is not supported yet; ask for application/json.";
            throw ApiException.ForField(HeaderNames.Accept, NotYet);
        }
    }
}
