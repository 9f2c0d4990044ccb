using System.ComponentModel.DataAnnotations;

namespace RnnServe.Server.Requests;

/// <summary>The answer of a health route.</summary>
public sealed record HealthResponse
{
    /// <summary>"live" or "ready".</summary>
    /// <example>ready</example>
    [AllowedValues("live", "ready")]
    public required string Status { get; init; }
}
