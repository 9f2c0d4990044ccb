namespace RnnServe.Benchmarks;

/// <summary>Statistics of measured numbers.</summary>
internal static class Measured
{
    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    /// <summary>The value that a share of all do not exceed; not a number where there is none.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];
    }

    /// <summary>Median with the least and the greatest: "7.7 (7.5 to 8.1)".</summary>
    public static string Spread(IEnumerable<double> values, int decimals = 0)
    {
        double[] sorted = [.. values.Order()];
        string format = $"N{decimals}";
        return sorted.Length == 0
            ? "none"
            : $"{Median(sorted).ToString(format, null)} ({sorted[0].ToString(format, null)} to {sorted[^1].ToString(format, null)})";
    }

    /// <summary>p50, p95 and p99 as cells of a table.</summary>
    public static string Percentiles(IEnumerable<double> milliseconds) => Cells(milliseconds, 0.5, 0.95, 0.99);

    /// <summary>The same of several rounds: the median of each.</summary>
    public static string TimeCells(IReadOnlyCollection<LoadResult> rounds) => string.Join(
        " | ", new[] { 0.5, 0.95, 0.99 }.Select(share => Time(Median(rounds.Select(round => round.Percentile(share))))));

    /// <summary>Times that shares of all do not exceed, as cells of a table.</summary>
    public static string Cells(IEnumerable<double> milliseconds, params double[] shares)
    {
        double[] all = [.. milliseconds];
        return string.Join(" | ", shares.Select(share => Time(Percentile(all, share))));
    }

    private static string Time(double milliseconds) => double.IsNaN(milliseconds) ? "none" : $"{milliseconds:F1} ms";
}
