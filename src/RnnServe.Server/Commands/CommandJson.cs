using System.Text.Json.Serialization;
using RnnServe.Server.Endpoints;

namespace RnnServe.Server.Commands;

/// <summary>What commands print as JSON: models have the form that GET /v1/models gives them.</summary>
[JsonSerializable(typeof(ModelsResponse))]
[JsonSerializable(typeof(ModelBody))]
[JsonSerializable(typeof(BundleCheck))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
internal sealed partial class CommandJson : JsonSerializerContext;
