using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Server.Http;

/// <summary>How the API reads and writes JSON; the code for each body is generated at compile time.</summary>
internal static class ApiJson
{
    /// <summary>Options for a generated context. Numbers are not read from strings, duplicate fields are refused, and 'ü' is written as
    /// 'ü': answers are JSON documents of their own and never part of an HTML page.</summary>
    public static JsonSerializerOptions Options() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>The JSON of errors.</summary>
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(ErrorProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    public static ProblemJson Api { get; } = new(ApiJson.Options());
}
