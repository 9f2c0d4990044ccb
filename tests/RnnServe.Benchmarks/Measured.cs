namespace RnnServe.Benchmarks;

/// <summary>Statistics of measured times.</summary>
internal static class Measured
{
    public static double Median(IEnumerable<double> values) => Percentile([.. values.Order()], 0.5);

    /// <summary>p50, p95 and p99 as cells of a table.</summary>
    public static string Percentiles(IEnumerable<double> milliseconds) => Cells(milliseconds, 0.5, 0.95, 0.99);

    /// <summary>Times that shares of all do not exceed, as cells of a table.</summary>
    public static string Cells(IEnumerable<double> milliseconds, params double[] shares)
    {
        double[] sorted = [.. milliseconds.Order()];
        return string.Join(" | ", shares.Select(share => $"{Percentile(sorted, share):F1} ms"));
    }

    private static double Percentile(double[] sorted, double share) => sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];
}
