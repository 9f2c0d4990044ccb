namespace RnnServe.Training.Drawings;

/// <summary>One line of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">From left to right.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>What a chart shows.</summary>
internal sealed record Chart(string Title, string XLabel, string YLabel, IReadOnlyList<Curve> Curves)
{
    /// <summary>Whether equal distances to the right are equal factors; every x is above 0 then.</summary>
    public bool LogX { get; init; }

    /// <summary>Likewise upwards.</summary>
    public bool LogY { get; init; }

    /// <summary>Whether the upward axis begins at 0, so that heights can be compared.</summary>
    public bool FromZero { get; init; }

    /// <summary>Whether each point is marked: for a few measurements, not for a course.</summary>
    public bool Marks { get; init; }
}
