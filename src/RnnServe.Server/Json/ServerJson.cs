using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RnnServe.Server.Problems;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Json;

/// <summary>The JSON of the API, generated at compile time. Numbers are not read from strings, duplicate fields are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TranslateRequest))]
[JsonSerializable(typeof(TranslateResponse))]
[JsonSerializable(typeof(CaptionRequest))]
[JsonSerializable(typeof(CaptionResponse))]
[JsonSerializable(typeof(ModelsResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ServerJson : JsonSerializerContext;

/// <summary>The context that the server uses.</summary>
internal static class ApiJson
{
    /// <summary>Writes 'ü' as 'ü': answers are JSON documents of their own and never part of an HTML page.</summary>
    public static ServerJson Context { get; } =
        new(new JsonSerializerOptions(ServerJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
