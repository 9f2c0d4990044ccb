using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Endpoints;

/// <summary>A version on trial.</summary>
public sealed record CanaryBody
{
    /// <summary>The version.</summary>
    /// <example>"2"</example>
    public required string Version { get; init; }

    /// <summary>Of a hundred requests in a row, how many it answers.</summary>
    /// <example>10</example>
    [Bounds(Minimum = 1, Maximum = ModelsOptions.MostCanaryPercent)]
    public required int Percent { get; init; }

    /// <summary>Precision of the graphs that answer.</summary>
    /// <example>fp32</example>
    [AllowedValues("fp32", "int8")]
    public required string Precision { get; init; }

    internal static CanaryBody Of(CanaryVersion canary) =>
        new() { Version = canary.Served.Name, Percent = canary.Percent, Precision = canary.Served.Handle.Model.Precision };
}
