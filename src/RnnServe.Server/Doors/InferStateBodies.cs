using System.Text.Json.Serialization;

namespace RnnServe.Server.Doors;

/// <summary>What the server is.</summary>
public sealed record InferServer
{
    /// <summary>Its name.</summary>
    /// <example>rnnserve</example>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    /// <example>0.1.0</example>
    public required string Version { get; init; }

    /// <summary>What it has of the protocol's extensions.</summary>
    /// <example>["binary_tensor_data"]</example>
    public required IReadOnlyList<string> Extensions { get; init; }
}

/// <summary>A model and its tensors.</summary>
public sealed record InferModel
{
    /// <summary>Its name.</summary>
    /// <example>multi30k-en-de</example>
    public required string Name { get; init; }

    /// <summary>The version that is served.</summary>
    /// <example>["1"]</example>
    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>What runs it.</summary>
    /// <example>rnnserve</example>
    public required string Platform { get; init; }

    /// <summary>What goes in.</summary>
    public required IReadOnlyList<InferTensor> Inputs { get; init; }

    /// <summary>What comes out.</summary>
    public required IReadOnlyList<InferTensor> Outputs { get; init; }
}

/// <summary>A tensor of a model.</summary>
public sealed record InferTensor
{
    /// <summary>Its name.</summary>
    /// <example>text</example>
    public required string Name { get; init; }

    /// <summary>BYTES.</summary>
    /// <example>BYTES</example>
    public required string Datatype { get; init; }

    /// <summary>Its sizes; -1 is any.</summary>
    /// <example>[-1]</example>
    public required IReadOnlyList<long> Shape { get; init; }
}

/// <summary>Whether the process answers.</summary>
public sealed record InferLive
{
    /// <summary>true.</summary>
    /// <example>true</example>
    public required bool Live { get; init; }
}

/// <summary>Whether every model serves.</summary>
public sealed record InferReady
{
    /// <summary>true.</summary>
    /// <example>true</example>
    public required bool Ready { get; init; }
}

/// <summary>Whether one model serves.</summary>
public sealed record InferModelReady
{
    /// <summary>Its name.</summary>
    /// <example>multi30k-en-de</example>
    public required string Name { get; init; }

    /// <summary>true.</summary>
    /// <example>true</example>
    public required bool Ready { get; init; }
}

/// <summary>A model in the list of all.</summary>
public sealed record InferIndexEntry
{
    /// <summary>Its name.</summary>
    /// <example>multi30k-en-de</example>
    public required string Name { get; init; }

    /// <summary>The version that is served or, of a failed model, the highest that was tried.</summary>
    /// <example>"1"</example>
    public string? Version { get; init; }

    /// <summary>READY, LOADING or UNAVAILABLE.</summary>
    /// <example>READY</example>
    public required string State { get; init; }

    /// <summary>What is wrong with it.</summary>
    /// <example>Version 2: encoder.onnx: found 1024 bytes, expected 2048 bytes.</example>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}
