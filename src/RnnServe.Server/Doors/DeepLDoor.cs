using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Keys;
using RnnServe.Server.Kinds.Translate;
using RnnServe.Server.OpenApi;

namespace RnnServe.Server.Doors;

/// <summary>DeepL's API, version 2: texts, languages, usage. Documents and glossaries are not found (404).</summary>
internal sealed class DeepLDoor : IDoor
{
    private const string Tagged = "DeepL";

    /// <summary>What the service says to callers that have no limit.</summary>
    private const long NoLimit = 1_000_000_000_000;

    /// <summary>What a form may have several times: texts, and what is refused however often it comes.</summary>
    private static readonly string[] Repeated = ["text", .. DeepLRequest.Refused.Select(option => option.Field)];

    public OpenApiTag Tag => new() { Name = Tagged, Description = "For clients of DeepL's API, version 2." };

    public KeyManners Keys => new() { Scheme = "DeepL-Auth-Key", Field = "auth_key", Refusal = StatusCodes.Status403Forbidden };

    public IReadOnlyList<string> Paths => ["/v2/translate", "/v2/languages", "/v2/usage", "/v2/document", "/v2/glossaries"];

    public bool IsOpen(DoorsOptions doors) => doors.DeepL;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v2/translate", TranslateAsync)
            .WithName("DeepLTranslate")
            .WithTags(Tagged)
            .WithSummary("Translate texts as DeepL does")
            .WithDescription(
                "JSON, or a form in which text may come several times. Options that have no meaning for the models of this server, such as "
                + "formality, are ignored; glossary_id, tag_handling, custom_instructions, style_id and translation_memory_id, which would "
                + "change the translation, are refused.")
            .Accepts<DeepLRequest>(DoorBody.Json, DoorBody.Form)
            .RefusesWithError(400, 404, 413, 415, 429, 500, 503, 504)
            .WithExamples(("texts", "Two sentences", """
                { "text": ["A dog runs through the grass.", "A man plays the guitar."], "source_lang": "EN", "target_lang": "DE" }
                """))
            .RequireScope(TranslateKind.Model.Scope)
            .TakesKeyInBody()
            .AsksModel();
        app.MapGet("/v2/languages", Languages)
            .WithName("DeepLLanguages")
            .WithTags(Tagged)
            .WithSummary("List the languages as DeepL does")
            .WithDescription("Languages of the translation models that are ready.")
            .RefusesWithError(400);
        app.MapGet("/v2/usage", (DeepLUsage usage) =>
                TypedResults.Ok(new DeepLUsageBody { CharacterCount = usage.Characters, CharacterLimit = NoLimit }))
            .WithName("DeepLUsage")
            .WithTags(Tagged)
            .WithSummary("Count the characters as DeepL does")
            .WithDescription("Characters of all callers since the server started. No limit holds: the number stands for none.");
    }

    private static async Task<Ok<DeepLResponse>> TranslateAsync(HttpContext http, DoorEngine engine, KeyGate keys, DeepLUsage usage)
    {
        var request = await DoorBody.ReadAsync(http, DoorJson.Api.DeepLRequest, engine.Limits.MaxTexts, Repeated);
        await keys.AdmitAsync(http, request.AuthKey);
        Check(request);
        var texts = request.Text!;
        var choice = new ModelChoice(TranslateKind.Model, null)
        {
            Source = request.SourceLang,
            SourceField = "source_lang",
            Target = request.TargetLang,
            TargetField = "target_lang",
            Hint = "give 'source_lang'",
        };
        var found = await engine.TranslateAsync(http, texts, choice, new());
        usage.Add(texts.Items.Sum(text => (long)text.Length));
        bool billed = request.ShowBilledCharacters is "1" or "true";
        return TypedResults.Ok(new DeepLResponse
        {
            Translations =
            [
                .. found.Items.Zip(texts.Items, (translation, text) => new DeepLTranslation
                {
                    DetectedSourceLanguage = found.Languages.Source!.ToUpperInvariant(),
                    Text = translation.Text,
                    BilledCharacters = billed ? text.Length : null,
                }),
            ],
        });
    }

    private static void Check(DeepLRequest request)
    {
        var errors = new FieldErrors();
        if (request.Text is null)
            errors.Add("text", "text is missing; it must be a string or an array of strings.");
        if (string.IsNullOrEmpty(request.TargetLang))
            errors.Add("target_lang", "target_lang is missing; it must be a code that GET /v2/languages?type=target lists.");
        foreach (var (field, of, reason) in DeepLRequest.Refused)
        {
            if (of(request) is not null)
                errors.Add(field, $"{field} is not supported: {reason}.");
        }

        errors.ThrowIfAny();
    }

    private static Ok<IReadOnlyList<DeepLLanguage>> Languages(
        DoorEngine engine, [Description("source or target; source if left out.")] string? type = null)
    {
        if (type is not (null or "source" or "target"))
            throw ApiException.ForField("type", Refusals.Wording("type", Refusals.Quote(type), "source or target"));
        var codes = type == "target" ? engine.Pairs.SelectMany(pair => Targets(pair.Target!)) : engine.Pairs.Select(pair => pair.Source!);
        return TypedResults.Ok<IReadOnlyList<DeepLLanguage>>(
        [
            .. codes.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).Select(code => new DeepLLanguage
            {
                Language = code.ToUpperInvariant(),
                Name = LanguageNames.Of(code),
                SupportsFormality = type == "target" ? false : null,
            }),
        ]);
    }

    /// <summary>DeepL's clients name a variant where they ask for English or Portuguese; a model for the language answers both.</summary>
    private static IReadOnlyList<string> Targets(string code) => code switch
    {
        "en" => ["en-GB", "en-US"],
        "pt" => ["pt-BR", "pt-PT"],
        _ => [code],
    };
}

/// <summary>Counts what was translated through DeepL's routes. Thread-safe.</summary>
internal sealed class DeepLUsage
{
    private long characters;

    /// <summary>UTF-16 characters since the server started.</summary>
    public long Characters => Volatile.Read(ref characters);

    public void Add(long more) => Interlocked.Add(ref characters, more);
}
