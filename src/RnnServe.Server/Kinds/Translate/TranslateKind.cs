using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Search;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Kinds.Translate;

/// <summary>Texts in one language in, texts in another out.</summary>
internal sealed class TranslateKind : IServerKind
{
    public static ModelKind Model { get; } = new("translate", "translate");

    ModelKind IServerKind.Model => Model;

    public OpenApiTag Tag => new() { Name = "Translate", Description = "Translate texts." };

    public IJsonTypeInfoResolver Json => TranslateJson.Api;

    public Command Command => TranslateCommand.Create();

    public void AddServices(IServiceCollection services) => services.AddSingleton<SourceChoice>();

    public void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/translate", HandleAsync)
        .WithName("Translate")
        .WithTags("Translate")
        .WithSummary("Translate texts with one model")
        .WithDescription(
            "Long texts are split into sentences, each sentence is decoded, and the white space between them is kept. "
            + "Nothing is cut without truncated: true. With Accept: text/event-stream the translation of one text comes as it grows: token "
            + "events, of which nothing is taken back, then a result event with the answer, or a problem event.")
        .Accepts<TranslateRequest>("application/json")
        .Refuses(400, 404, 413, 415, 429, 500, 503, 504)
        .WithExamples(
            ("sentence", "One sentence", """{ "text": "A dog runs through the grass.", "source": "en", "target": "de" }"""),
            ("texts", "Several texts, the next best translation of each, and the timing", """
                { "text": ["A dog runs through the grass.", "Two children play in the snow. They are happy."],
                  "source": "en", "target": "de", "beamSize": 5, "alternatives": 1, "include": ["timing"] }
                """),
            ("sampling", "Two translations, drawn", """
                { "text": "A man plays the guitar.", "source": "en", "target": "de", "alternatives": 1,
                  "sampling": { "temperature": 0.8, "topP": 0.95, "seed": 7 } }
                """),
            ("attention", "Tokens with their probabilities, and where each one looked", """
                { "text": "A man plays the guitar.", "source": "en", "target": "de", "include": ["tokens", "attention"] }
                """))
        .AddOpenApiOperationTransformer(EventStream.Apply)
        .AsksModel();

    public DecodingBody Decoding(ModelManifest manifest)
    {
        var decoding = ((TranslateManifest)manifest).Decoding;
        var body = DecodingBody.Of(decoding);
        return body with
        {
            CoveragePenalty = DecodingBody.AsWritten(decoding.CoveragePenalty),
            Limits = body.Limits with { SourceLength = decoding.Limits.SourceLength },
        };
    }

    private static async Task<Results<Ok<TranslateResponse>, EventStreamResult>> HandleAsync(
        HttpContext http, ModelPicker models, SourceChoice source, IOptions<LimitsOptions> limits)
    {
        var clock = Stopwatch.StartNew();
        var request = await TextRules.ReadAsync(http, TranslateJson.Api.TranslateRequest, limits.Value);
        if (!EventStream.IsAsked(http.Request))
            return TypedResults.Ok(await AnswerAsync(written: null));
        EventStream.CheckOne("text", request.Text!.Items.Count);
        return await EventStream.AnswerAsync(http, AnswerAsync, TranslateJson.Api.TranslateResponse);

        async Task<TranslateResponse> AnswerAsync(Action<string>? written)
        {
            var options = request.Fill(new() { CoveragePenalty = (float?)request.CoveragePenalty, Prefix = request.Prefix });
            var (choice, detected) = await EngineRefusals.AnswerAsync(
                () => source.OfAsync(Choice(request), request.Text!.Items, http.RequestAborted), "text", "texts", limits.Value);
            using var model = models.Pick(choice, manifest => SearchRequest.Check(options, manifest));
            var translations = await TranslateAsync(model, request.Text!, options, limits.Value, http.RequestAborted, written);
            return Answer(request, model, translations, clock) with { DetectedSource = DetectedBody.Of(detected) };
        }
    }

    /// <summary>Translates texts that have been checked.</summary>
    /// <param name="model">The model, and what it allows has been checked.</param>
    /// <param name="texts">One or, where nobody is told, more.</param>
    /// <param name="options">How.</param>
    /// <param name="limits">Say when to try again.</param>
    /// <param name="stop">Drops the work.</param>
    /// <param name="written">Told the pieces of the translation; null: nobody is.</param>
    /// <exception cref="ApiException">413 or 429.</exception>
    internal static async Task<IReadOnlyList<Translation>> TranslateAsync(
        PickedModel model, Texts texts, SearchOptions options, LimitsOptions limits, CancellationToken stop, Action<string>? written = null)
    {
        var translator = (Translator)model.Model;
        var found = await EngineRefusals.AnswerAsync(
            async () => written is null
                ? await translator.TranslateAsync(texts.Items, options, stop)
                : [await translator.TranslateAsync(texts.Items[0], options, written, stop)],
            texts.Field,
            "sentences",
            limits);
        model.Note(found.Select(one => one.Timing));
        return found;
    }

    private static ModelChoice Choice(TranslateRequest request) => new(Model, request.Model)
    {
        Source = request.Source,
        Target = request.Target,
        Hint = "name one in 'model', or give 'source' and 'target'",
    };

    private static TranslateResponse Answer(
        TranslateRequest request, PickedModel model, IReadOnlyList<Translation> translations, Stopwatch clock) => new()
        {
            Model = model.Name,
            Version = model.Version,
            Translations = [.. translations.Select(t => TranslationBody.Of(t, request))],
            Usage = new UsageBody
            {
                SourceTokens = translations.Sum(t => t.SourceTokens),
                TargetTokens = translations.Sum(t => t.TargetTokens),
            },
            Timing = request.Includes("timing") ? TimingBody.Of(translations.Select(t => t.Timing), clock) : null,
        };
}

/// <summary>The JSON of requests and answers.</summary>
[JsonSerializable(typeof(TranslateRequest))]
[JsonSerializable(typeof(TranslateResponse))]
[JsonSerializable(typeof(SamplingRequest))]
internal sealed partial class TranslateJson : JsonSerializerContext
{
    public static TranslateJson Api { get; } = new(ApiJson.Options());
}
