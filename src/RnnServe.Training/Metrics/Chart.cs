namespace RnnServe.Training.Metrics;

/// <summary>One line of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">From left to right.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>What a chart shows.</summary>
internal sealed record Chart(string Title, string XLabel, string YLabel, IReadOnlyList<Curve> Curves);

/// <summary>Round numbers for an axis.</summary>
internal static class Ticks
{
    /// <summary>About five multiples of 1, 2 or 5 times a power of ten, that enclose the range.</summary>
    public static double[] Of(double least, double most)
    {
        if (most <= least)
            (least, most) = (least - 0.5, least + 0.5);

        double rough = (most - least) / 5;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * new[] { 1, 2, 5, 10 }.First(factor => factor * power >= rough * 0.999);
        long first = (long)Math.Floor((least / step) + 1e-9), last = (long)Math.Ceiling((most / step) - 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
    }
}
