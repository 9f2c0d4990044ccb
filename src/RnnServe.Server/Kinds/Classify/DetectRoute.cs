using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Kinds.Classify;

/// <summary>POST /v1/detect: texts in, their languages out.</summary>
internal static class DetectRoute
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/detect", HandleAsync)
        .WithName("Detect")
        .WithTags("Classify")
        .WithSummary("Say which language each text is in")
        .WithDescription("Each text gets the probability of every language that the model knows; others are taken for one of these.")
        .Accepts<DetectRequest>("application/json")
        .Refuses(400, 404, 413, 415, 429, 500, 503, 504)
        .WithExamples(("text", "One text", """{ "text": "Wo ist der Bahnhof?" }"""))
        .AsksModel();

    private static async Task<Ok<DetectResponse>> HandleAsync(HttpContext http, ModelPicker models, IOptions<LimitsOptions> limits)
    {
        var request = await TextRules.ReadAsync(http, DetectJson.Api.DetectRequest, limits.Value);
        using var model = models.Pick(LanguageDetector.Choice(request.Model), _ => { });
        var found = await ClassifyKind.ClassifyAsync(model, request.Text!, attention: false, limits.Value, http.RequestAborted);
        var labels = ((ClassifyManifest)model.Model.Bundle.Manifest).Classify.Labels;
        return TypedResults.Ok(new DetectResponse
        {
            Model = model.Name,
            Version = model.Version,
            Detections = [.. found.Select(one => DetectionBody.Of(labels.Zip(one.Probabilities)))],
        });
    }
}

/// <summary>Texts whose languages are wanted.</summary>
public sealed record DetectRequest : ITextRequest
{
    /// <summary>1 to 256 texts, as one string or an array of strings, answered in the same order.</summary>
    [Required(ErrorMessage = "text is missing; it must be a string or an array of strings.")]
    public Texts? Text { get; init; }

    /// <summary>A name that GET /v1/models lists. May be left out: of the models that know languages, the one with the greatest priority
    /// answers.</summary>
    /// <example>languages</example>
    [AllowedLength(1, 200)]
    public string? Model { get; init; }

    /// <summary>Fields that the request does not have; TextRules refuses them by name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The languages of one request's texts.</summary>
public sealed record DetectResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>languages</example>
    public required string Model { get; init; }

    /// <summary>The version of the model.</summary>
    /// <example>"1"</example>
    public required string Version { get; init; }

    /// <summary>One for each text, in the order of the request.</summary>
    [Length(1, 256)]
    public required IReadOnlyList<DetectionBody> Detections { get; init; }
}

/// <summary>The language of one text.</summary>
public sealed record DetectionBody
{
    /// <summary>BCP 47 code of the likeliest language.</summary>
    /// <example>de</example>
    public required string Language { get; init; }

    /// <summary>Its probability, above 0 and at most 1.</summary>
    /// <example>0.99</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Confidence { get; init; }

    /// <summary>All languages that the model knows, the likeliest first; the probabilities sum to 1.</summary>
    public required IReadOnlyList<LanguageBody> Languages { get; init; }

    internal static DetectionBody Of(IEnumerable<(string Language, double Share)> found)
    {
        var all = found.OrderByDescending(one => one.Share)
            .Select(one => new LanguageBody { Language = one.Language, Confidence = one.Share }).ToList();
        return new() { Language = all[0].Language, Confidence = all[0].Confidence, Languages = all };
    }
}

/// <summary>A language with its probability.</summary>
public sealed record LanguageBody
{
    /// <summary>BCP 47 code.</summary>
    /// <example>en</example>
    public required string Language { get; init; }

    /// <summary>Its probability.</summary>
    /// <example>0.01</example>
    [Bounds(Minimum = 0, Maximum = 1)]
    public required double Confidence { get; init; }
}

/// <summary>The JSON of requests and answers.</summary>
[JsonSerializable(typeof(DetectRequest))]
[JsonSerializable(typeof(DetectResponse))]
internal sealed partial class DetectJson : JsonSerializerContext
{
    public static DetectJson Api { get; } = new(ApiJson.Options());
}
