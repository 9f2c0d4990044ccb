using System.Text.Json;
using System.Text.Json.Serialization;
using RnnServe.Inference.Search;
using RnnServe.Server.Http;

namespace RnnServe.Server.Search;

/// <summary>Draw the answers instead of searching the best. What is left out keeps its default: the model's own probabilities.</summary>
public sealed record SamplingRequest : IFieldGroup
{
    /// <summary>What all of it may be, for messages about what is none of it.</summary>
    internal const string Allowed = "an object with some of the numbers temperature, topK, topP and seed";

    /// <summary>Below 1 likely words become likelier, above 1 all become more alike.</summary>
    /// <example>0.8</example>
    [AllowedRange(0.01, 5.0)]
    public double? Temperature { get; init; }

    /// <summary>Most tokens to draw from, the likeliest ones (Fan et al. 2018); 0: all.</summary>
    /// <example>40</example>
    [AllowedRange(0, 1_000_000)]
    public int? TopK { get; init; }

    /// <summary>Draws from the likeliest tokens that have this probability together (Holtzman et al. 2020); 1: all.</summary>
    /// <example>0.95</example>
    [AllowedRange(0.0001, 1.0)]
    public double? TopP { get; init; }

    /// <summary>Where chance starts: the same seed gives the same answer, whatever else the server does. Left out: another one each
    /// time.</summary>
    /// <example>7</example>
    [AllowedRange(0.0, LargestSeed)]
    public long? Seed { get; init; }

    /// <summary>Fields that it does not have; they are refused by name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>2^53 - 1, the largest integer that every JSON reader keeps.</summary>
    private const double LargestSeed = 9_007_199_254_740_991;

    internal SamplingOptions Options() => new()
    {
        Temperature = Temperature ?? 1,
        TopK = TopK ?? 0,
        TopP = TopP ?? 1,
        Seed = (ulong)(Seed ?? Random.Shared.NextInt64()),
    };
}
