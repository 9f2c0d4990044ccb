using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Keys;
using RnnServe.Server.Kinds.Classify;
using RnnServe.Server.Kinds.Translate;
using RnnServe.Server.OpenApi;

namespace RnnServe.Server.Doors;

/// <summary>LibreTranslate's API: texts, languages, settings.</summary>
internal sealed class LibreTranslateDoor : IDoor
{
    private const string Tagged = "LibreTranslate";

    public OpenApiTag Tag => new() { Name = Tagged, Description = "For clients of LibreTranslate." };

    public KeyManners Keys => new() { Field = "api_key", Refusal = StatusCodes.Status403Forbidden };

    public IReadOnlyList<string> Paths => ["/translate", "/languages", "/detect", "/frontend"];

    public bool IsOpen(DoorsOptions doors) => doors.LibreTranslate;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/translate", TranslateAsync)
            .WithName("LibreTranslate")
            .WithTags(Tagged)
            .WithSummary("Translate texts as LibreTranslate does")
            .WithDescription(
                "JSON or a form. Source auto, or none, is detected, for all texts together, among the languages that can be translated "
                + "into the target. HTML is refused. An array is answered with arrays.")
            .Accepts<LibreRequest>(DoorBody.Json, DoorBody.Form)
            .RefusesWithError(400, 404, 413, 415, 429, 500, 503, 504)
            .WithExamples(("sentence", "One sentence", """{ "q": "A dog runs through the grass.", "source": "en", "target": "de" }"""))
            .AddOpenApiOperationTransformer(LibreTranslateOperation.Apply)
            .RequireScope(TranslateKind.Model.Scope)
            .TakesKeyInBody()
            .AsksModel();
        app.MapPost("/detect", DetectAsync)
            .WithName("LibreDetect")
            .WithTags(Tagged)
            .WithSummary("Detect a language as LibreTranslate does")
            .WithDescription("JSON or a form. Of several texts, the language of all together, among those that can be translated.")
            .Accepts<LibreDetectRequest>(DoorBody.Json, DoorBody.Form)
            .RefusesWithError(400, 404, 413, 415, 429, 500, 503, 504)
            .WithExamples(("sentence", "One sentence", """{ "q": "Wo ist der Bahnhof?" }"""))
            .RequireScope(ClassifyKind.Model.Scope)
            .TakesKeyInBody()
            .AsksModel();
        app.MapGet("/languages", (DoorEngine engine) => TypedResults.Ok(Languages(engine)))
            .WithName("LibreLanguages")
            .AllowAnonymous()
            .WithTags(Tagged)
            .WithSummary("List the languages as LibreTranslate does")
            .WithDescription("Languages of the translation models that are ready, and into which others each can be translated.");
        app.MapGet("/frontend/settings", (DoorEngine engine, KeyGate keys) => TypedResults.Ok(new LibreSettings
        {
            ApiKeys = keys.IsOn,
            KeyRequired = keys.IsOn,
            CharLimit = engine.Limits.MaxCharactersPerText,
        }))
            .WithName("LibreSettings")
            .AllowAnonymous()
            .WithTags(Tagged)
            .WithSummary("Show settings as LibreTranslate does")
            .WithDescription("What a page of that service asks for: whether keys are needed, and how long a text may be.");
    }

    private static async Task<IResult> TranslateAsync(HttpContext http, DoorEngine engine, KeyGate keys)
    {
        var request = await DoorBody.ReadAsync(http, DoorJson.Api.LibreRequest, engine.Limits.MaxTexts, "q");
        await keys.AdmitAsync(http, request.Key);
        Check(request);
        bool auto = request.Source is null || string.Equals(request.Source, SourceChoice.Auto, StringComparison.OrdinalIgnoreCase);
        var texts = request.Q! with { Field = "q" };
        int alternatives = request.Alternatives ?? 0;
        var choice = new ModelChoice(TranslateKind.Model, null)
        {
            Source = request.Source ?? SourceChoice.Auto,
            Target = request.Target,
            Hint = "give 'source'",
        };
        var found = await engine.TranslateAsync(http, texts, choice, new() { Alternatives = alternatives });
        var detected = auto ? LibreDetectedLanguage.Of(found.Detected ?? new(found.Languages.Source!, 0)) : null;
        return texts.IsArray
            ? TypedResults.Ok(LibreTextsResponse.Of(found.Items, detected, alternatives > 0))
            : TypedResults.Ok(LibreResponse.Of(found.Items[0], detected, alternatives > 0));
    }

    private static async Task<Ok<IReadOnlyList<LibreDetectedLanguage>>> DetectAsync(HttpContext http, DoorEngine engine, KeyGate keys)
    {
        var request = await DoorBody.ReadAsync(http, DoorJson.Api.LibreDetectRequest, engine.Limits.MaxTexts, "q");
        await keys.AdmitAsync(http, request.ApiKey);
        if (request.Q is null)
            throw ApiException.ForField("q", "q is missing; it must be a string or an array of strings.");
        var found = await engine.DetectAsync(http, request.Q with { Field = "q" });
        return TypedResults.Ok<IReadOnlyList<LibreDetectedLanguage>>([.. found.Select(LibreDetectedLanguage.Of)]);
    }

    private static void Check(LibreRequest request)
    {
        var errors = new FieldErrors();
        if (request.Q is null)
            errors.Add("q", "q is missing; it must be a string or an array of strings.");
        if (string.IsNullOrEmpty(request.Target))
            errors.Add("target", "target is missing; it must be a code that GET /languages lists.");
        if (request.Format is not (null or "" or "text"))
            errors.Refuse("format", Refusals.Quote(request.Format), "'text': a text is plain text");
        errors.CheckValues(request);
        errors.ThrowIfAny();
    }

    private static IReadOnlyList<LibreLanguage> Languages(DoorEngine engine)
    {
        var pairs = engine.Pairs;
        return
        [
            .. pairs.SelectMany(pair => (string[])[pair.Source!, pair.Target!]).Distinct().Order(StringComparer.Ordinal).Select(code =>
                new LibreLanguage
                {
                    Code = code,
                    Name = LanguageNames.Of(code),
                    Targets = [.. pairs.Where(pair => pair.Source == code).Select(pair => pair.Target!).Distinct()],
                }),
        ];
    }
}
