using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Client;

/// <summary>The JSON of the API; its code is generated, so that programs that are compiled ahead of time can use it.</summary>
[JsonSerializable(typeof(TranslateRequest)), JsonSerializable(typeof(TranslateResponse))]
[JsonSerializable(typeof(CaptionOptions)), JsonSerializable(typeof(CaptionResponse))]
[JsonSerializable(typeof(ClassifyRequest)), JsonSerializable(typeof(ClassifyResponse))]
[JsonSerializable(typeof(DetectRequest)), JsonSerializable(typeof(DetectResponse))]
[JsonSerializable(typeof(ModelList)), JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(Piece)), JsonSerializable(typeof(Problem))]
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true)]
internal sealed partial class ClientJson : JsonSerializerContext;

internal sealed record ModelList(IReadOnlyList<ModelInfo> Models);

internal sealed record Piece(string Text);

internal sealed record Problem(
    int Status = 0, string Title = "", string Detail = "", IReadOnlyDictionary<string, string[]>? Errors = null);
