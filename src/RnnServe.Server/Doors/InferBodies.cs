using System.Text.Json;
using System.Text.Json.Serialization;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>Tensors that go in.</summary>
public sealed record InferRequest
{
    /// <summary>Any word; it comes back.</summary>
    /// <example>call-1</example>
    public string? Id { get; init; }

    /// <summary>How to answer.</summary>
    public InferParameters? Parameters { get; init; }

    /// <summary>One tensor, whose name GET /v2/models/NAME says.</summary>
    public IReadOnlyList<InferInput>? Inputs { get; init; }

    /// <summary>The tensors that are asked for; left out: all.</summary>
    public IReadOnlyList<InferOutput>? Outputs { get; init; }
}

/// <summary>A tensor of strings or files.</summary>
public sealed record InferInput
{
    /// <summary>Its name.</summary>
    /// <example>text</example>
    public string? Name { get; init; }

    /// <summary>BYTES.</summary>
    /// <example>BYTES</example>
    public string? Datatype { get; init; }

    /// <summary>Its sizes, such as [2] or [2, 1].</summary>
    /// <example>[1]</example>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>Where its elements are.</summary>
    public InferParameters? Parameters { get; init; }

    /// <summary>Its elements as strings, in one array or nested ones; of an image the base64 of its file.</summary>
    public JsonElement? Data { get; init; }
}

/// <summary>A tensor that is asked for.</summary>
public sealed record InferOutput
{
    /// <summary>Its name.</summary>
    /// <example>translation</example>
    public string? Name { get; init; }

    /// <summary>How to answer.</summary>
    public InferParameters? Parameters { get; init; }
}

/// <summary>Parameters that are looked at; others are ignored.</summary>
public sealed record InferParameters
{
    /// <summary>Bytes of the input's elements behind the JSON, each after its length in 4 bytes, the lowest first.</summary>
    /// <example>33</example>
    [JsonPropertyName("binary_data_size"), Bounds(Minimum = 0)]
    public int? BinaryDataSize { get; init; }

    /// <summary>Whether the output's elements come behind the JSON.</summary>
    /// <example>true</example>
    [JsonPropertyName("binary_data")]
    public bool? BinaryData { get; init; }

    /// <summary>The same for all outputs.</summary>
    /// <example>true</example>
    [JsonPropertyName("binary_data_output")]
    public bool? BinaryDataOutput { get; init; }
}

/// <summary>Tensors that come out.</summary>
public sealed record InferResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>multi30k-en-de</example>
    [JsonPropertyName("model_name")]
    public required string ModelName { get; init; }

    /// <summary>The version of the model.</summary>
    /// <example>"1"</example>
    [JsonPropertyName("model_version")]
    public required string ModelVersion { get; init; }

    /// <summary>The request's.</summary>
    /// <example>call-1</example>
    public string? Id { get; init; }

    /// <summary>One tensor.</summary>
    public required IReadOnlyList<InferAnswer> Outputs { get; init; }
}

/// <summary>A tensor of strings.</summary>
public sealed record InferAnswer
{
    /// <summary>Its name.</summary>
    /// <example>translation</example>
    public required string Name { get; init; }

    /// <summary>BYTES.</summary>
    /// <example>BYTES</example>
    public required string Datatype { get; init; }

    /// <summary>Its sizes: those of the tensor that went in.</summary>
    /// <example>[1]</example>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Where its elements are; only where they come behind the JSON.</summary>
    public InferParameters? Parameters { get; init; }

    /// <summary>Its elements, in the order of the request; absent where they come behind the JSON.</summary>
    /// <example>["Ein Hund läuft durch das Gras."]</example>
    public IReadOnlyList<string>? Data { get; init; }
}
