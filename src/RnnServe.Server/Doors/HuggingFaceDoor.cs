using System.ComponentModel;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Keys;
using RnnServe.Server.Kinds.Caption;
using RnnServe.Server.Kinds.Translate;
using RnnServe.Server.OpenApi;

namespace RnnServe.Server.Doors;

/// <summary>Hugging Face's inference API: translation and image to text at the address of a model.</summary>
/// <remarks>Their library for JavaScript repeats at once and without end what is answered 503. So a request waits for a model that is
/// loading, and what would be 503 elsewhere is 429 here, which is not repeated.</remarks>
internal sealed partial class HuggingFaceDoor : IDoor
{
    private const string Tagged = "Hugging Face";

    /// <summary>From this patch of version 4.13 on their library wants an object in answer to an image; everybody else an array.</summary>
    private const int FirstWithObject = 14;

    public OpenApiTag Tag => new() { Name = Tagged, Description = "For clients of their inference: translation and image to text." };

    public KeyManners Keys => new() { Repeats503 = true };

    public IReadOnlyList<string> Paths => ["/models"];

    public bool IsOpen(DoorsOptions doors) => doors.HuggingFace;

    public void Map(IEndpointRouteBuilder app) => app
        .MapPost("/models/{name}", HandleAsync)
        .WithName("HuggingFace")
        .WithTags(Tagged)
        .WithSummary("Translate texts or caption an image as Hugging Face's inference does")
        .WithDescription(
            "JSON is translated; any other body is an image, whose options are those of /v1/caption, in the address. A request waits for a "
            + "model that is loading. What is 503 on other routes is 429 here.")
        .RefusesWithError(400, 404, 413, 415, 422, 429, 500, 504)
        .AddOpenApiOperationTransformer(HuggingFaceOperation.Apply)
        .AsksModel();

    private static async Task<IResult> HandleAsync(
        HttpContext http, [Description("A name that GET /v1/models lists.")] string name, DoorEngine engine, KeyGate keys)
    {
        bool hasTexts = http.Request.HasJsonContentType();
        keys.Demand(http, hasTexts ? TranslateKind.Model.Scope : CaptionKind.Model.Scope);
        await engine.SettledAsync(name, http.RequestAborted);
        try
        {
            return hasTexts ? await TranslateAsync(http, name, engine) : await CaptionAsync(http, name, engine);
        }
        catch (ApiException refused) when (refused.Status == StatusCodes.Status503ServiceUnavailable)
        {
            throw ApiException.NoRoom(refused.Message, engine.Limits);
        }
    }

    private static async Task<IResult> TranslateAsync(HttpContext http, string name, DoorEngine engine)
    {
        var request = await JsonBody.ReadAsync(http, DoorJson.Api.HuggingFaceRequest, http.RequestAborted);
        if (request.Inputs is not { } inputs)
            throw ApiException.ForField("inputs", "inputs is missing; it must be a string or an array of strings.");
        var choice = new ModelChoice(TranslateKind.Model, name)
        {
            Source = request.Parameters?.SrcLang,
            Target = request.Parameters?.TgtLang,
            Hint = "name one in the address",
        };
        var found = await engine.TranslateAsync(http, inputs with { Field = "inputs" }, choice, new());
        return TypedResults.Ok<IReadOnlyList<HuggingFaceTranslation>>(
            [.. found.Items.Select(item => new HuggingFaceTranslation { TranslationText = item.Text })]);
    }

    private static async Task<IResult> CaptionAsync(HttpContext http, string name, DoorEngine engine)
    {
        var found = await engine.Captions.AnswerAsync(http, asked => asked with { Model = name });
        HuggingFaceCaption[] captions = [.. found.Captions.Select(item => new HuggingFaceCaption { GeneratedText = item.Text })];
        return captions is [var only] && WantsObject(http.Request.Headers.UserAgent.ToString())
            ? TypedResults.Ok(only)
            : TypedResults.Ok<IReadOnlyList<HuggingFaceCaption>>(captions);
    }

    private static bool WantsObject(string userAgent)
    {
        var version = Library().Match(userAgent);
        return version.Success && Version.TryParse(version.Groups[1].Value, out var found) && found >= new Version(4, 13, FirstWithObject);
    }

    [GeneratedRegex(@"@huggingface/inference/(\d{1,6}\.\d{1,6}\.\d{1,6})")]
    private static partial Regex Library();
}
