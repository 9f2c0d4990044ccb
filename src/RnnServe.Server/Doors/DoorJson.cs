using System.Text.Json.Serialization;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>The JSON of all doors.</summary>
[JsonSerializable(typeof(DeepLRequest))]
[JsonSerializable(typeof(DeepLResponse))]
[JsonSerializable(typeof(IReadOnlyList<DeepLLanguage>))]
[JsonSerializable(typeof(DeepLUsageBody))]
[JsonSerializable(typeof(LibreRequest))]
[JsonSerializable(typeof(LibreDetectRequest))]
[JsonSerializable(typeof(IReadOnlyList<LibreDetectedLanguage>))]
[JsonSerializable(typeof(LibreResponse))]
[JsonSerializable(typeof(LibreTextsResponse))]
[JsonSerializable(typeof(IReadOnlyList<LibreLanguage>))]
[JsonSerializable(typeof(LibreSettings))]
[JsonSerializable(typeof(HuggingFaceRequest))]
[JsonSerializable(typeof(IReadOnlyList<HuggingFaceTranslation>))]
[JsonSerializable(typeof(HuggingFaceCaption))]
[JsonSerializable(typeof(IReadOnlyList<HuggingFaceCaption>))]
[JsonSerializable(typeof(MaxCaptionResponse))]
[JsonSerializable(typeof(MaxCaptionMetadata))]
[JsonSerializable(typeof(InferRequest))]
[JsonSerializable(typeof(InferResponse))]
[JsonSerializable(typeof(InferServer))]
[JsonSerializable(typeof(InferModel))]
[JsonSerializable(typeof(InferLive))]
[JsonSerializable(typeof(InferReady))]
[JsonSerializable(typeof(InferModelReady))]
[JsonSerializable(typeof(IReadOnlyList<InferIndexEntry>))]
internal sealed partial class DoorJson : JsonSerializerContext
{
    public static DoorJson Api { get; } = new(ApiJson.Options());
}
