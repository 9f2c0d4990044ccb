using System.Diagnostics;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Search;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Kinds.Classify;

/// <summary>Texts in, labels out.</summary>
internal sealed class ClassifyKind : IServerKind
{
    public static ModelKind Model { get; } = new("classify", "classify texts") { Output = "label" };

    ModelKind IServerKind.Model => Model;

    public OpenApiTag Tag => new() { Name = "Classify", Description = "Say which label texts have." };

    public IJsonTypeInfoResolver Json => JsonTypeInfoResolver.Combine(ClassifyJson.Api, DetectJson.Api);

    public void AddServices(IServiceCollection services) => services.AddSingleton<ILanguageDetector, LanguageDetector>();

    public void Map(IEndpointRouteBuilder v1)
    {
        MapClassify(v1);
        DetectRoute.Map(v1);
    }

    private static void MapClassify(IEndpointRouteBuilder v1) => v1
        .MapPost("/classify", HandleAsync)
        .WithName("Classify")
        .WithTags("Classify")
        .WithSummary("Say which label each text has, with one model")
        .WithDescription(
            "Each text gets the probability of every label of the model, and is answered as if it were alone. A text that is longer than "
            + "the model reads is cut, with truncated: true.")
        .Accepts<ClassifyRequest>("application/json")
        .Refuses(400, 404, 413, 415, 429, 500, 503, 504)
        .WithExamples(
            ("text", "One text", """{ "text": "A wonderful film.", "language": "en" }"""),
            ("texts", "Several texts, and the timing", """
                { "text": ["A wonderful film.", "The plot makes no sense at all."], "language": "en", "include": ["timing"] }
                """),
            ("attention", "How much each token counted", """
                { "text": "It starts slowly, but the end is worth it.", "model": "sst2-en", "include": ["attention"] }
                """))
        .AsksModel();

    public DecodingBody? Decoding(ModelManifest manifest) => null;

    private static async Task<Ok<ClassifyResponse>> HandleAsync(HttpContext http, ModelPicker models, IOptions<LimitsOptions> limits)
    {
        var clock = Stopwatch.StartNew();
        var request = await TextRules.ReadAsync(http, ClassifyJson.Api.ClassifyRequest, limits.Value);
        bool attention = request.Includes("attention");
        using var model = models.Pick(Choice(request), manifest => Check(attention, manifest));
        var found = await ClassifyAsync(model, request.Text!, attention, limits.Value, http.RequestAborted);
        var labels = ((ClassifyManifest)model.Model.Bundle.Manifest).Classify.Labels;
        return TypedResults.Ok(new ClassifyResponse
        {
            Model = model.Name,
            Version = model.Version,
            Classifications = [.. found.Select(one => ClassificationBody.Of(one, labels))],
            Usage = new() { SourceTokens = found.Sum(one => one.SourceTokens) },
            Timing = request.Includes("timing") ? TimingBody.Of(found.Select(one => one.Timing), clock) : null,
        });
    }

    private static ModelChoice Choice(ClassifyRequest request) => new(Model, request.Model)
    {
        Source = request.Language,
        SourceField = "language",
        Hint = "name one in 'model', or give 'language'",
    };

    private static void Check(bool attention, ModelManifest manifest)
    {
        if (!attention || ((ClassifyManifest)manifest).Classify.Attention)
            return;
        var errors = new FieldErrors();
        errors.Refuse("include", "'attention'", $"timing: the model '{manifest.Name}' has no attention");
        errors.ThrowIfAny();
    }

    /// <summary>Classifies texts that have been checked.</summary>
    /// <exception cref="ApiException">400, 413 or 429.</exception>
    internal static async Task<IReadOnlyList<Classification>> ClassifyAsync(
        PickedModel model, Texts texts, bool attention, LimitsOptions limits, CancellationToken cancellation)
    {
        var classifier = (Classifier)model.Model;
        try
        {
            var found = await EngineRefusals.AnswerAsync(
                () => classifier.ClassifyAsync(texts.Items, attention, cancellation), texts.Field, "texts", limits);
            model.Note(found.Select(one => one.Timing));
            return found;
        }
        catch (NoTokenException empty)
        {
            throw ApiException.ForField(texts.Field, $"{texts.Place(empty.Index)} has nothing that the model can read.");
        }
    }
}

/// <summary>The JSON of requests and answers.</summary>
[JsonSerializable(typeof(ClassifyRequest))]
[JsonSerializable(typeof(ClassifyResponse))]
internal sealed partial class ClassifyJson : JsonSerializerContext
{
    public static ClassifyJson Api { get; } = new(ApiJson.Options());
}
