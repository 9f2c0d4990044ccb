namespace RnnServe.Server.Requests;

/// <summary>The values that a number in an answer can have, for the OpenAPI document; NaN leaves a side open.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BoundsAttribute : Attribute
{
    /// <summary>The smallest value.</summary>
    public double Minimum { get; init; } = double.NaN;

    /// <summary>The largest value.</summary>
    public double Maximum { get; init; } = double.NaN;
}
