using RnnServe.Training.Drawings;

namespace RnnServe.Benchmarks;

/// <summary>What was seen once a second.</summary>
/// <param name="Seconds">When, after the warm-up.</param>
/// <param name="Megabytes">Physical memory of the server.</param>
/// <param name="Pace">Of the machine, as <see cref="Benchmarks.Pace"/> measures it.</param>
internal readonly record struct SoakMoment(double Seconds, double Megabytes, double Pace);

/// <summary>Says whether a server stayed as small and as fast as it was, and what became of the machine meanwhile.</summary>
internal sealed class SoakVerdict(
    Report report, IReadOnlyList<SoakMoment> moments, IReadOnlyList<LoadResult> texts, IReadOnlyList<LoadResult> captions)
{
    private const double MostGrowth = 0.05, MostMegabytes = 1000, MostSlowdown = 0.1;
    private const int MostRows = 30;

    private readonly double end = moments[^1].Seconds;

    /// <returns>Whether everything stayed within its limits.</returns>
    public bool Give()
    {
        bool steady = Slowdown("translations", texts) & Slowdown("captions", captions);
        var (first, last) = FirstAndLast(1 / 6.0, m => m.Pace);
        report.Say($"A fixed calculation beside it took {first:F2} ms of processor time in the first sixth and {last:F2} ms in the last: the "
            + $"machine itself became **{(last - first) / first:P1}** slower.");
        bool small = Memory();
        Table();
        report.Picture("memory", new Chart(
            "Physical memory of the server", "seconds", "MB", [new Curve("physical memory", [.. moments.Select(m => (m.Seconds, m.Megabytes))])])
        { FromZero = true });
        return steady && small;
    }

    private static double Percentile(IReadOnlyList<LoadResult> results, double from, double to, double share) =>
        Measured.Percentile(Within(results, from, to).Select(a => (a.End - a.Start) * 1000), share);

    private static IEnumerable<LoadAnswer> Within(IReadOnlyList<LoadResult> results, double from, double to) =>
        results.SelectMany(r => r.Answers).Where(a => a.Start >= from && a.Start < to);

    /// <summary>Compares the first sixth of the time with the last: of half an hour, five minutes each.</summary>
    private bool Slowdown(string what, IReadOnlyList<LoadResult> results)
    {
        double first = Percentile(results, 0, end / 6, 0.95), last = Percentile(results, end * 5 / 6, end, 0.95);
        double slowdown = (last - first) / first;
        report.Say($"p95 of {what}: {first:F1} ms in the first sixth of the time, {last:F1} ms in the last: **{slowdown:P1}** (at most "
            + $"{MostSlowdown:P0}).");
        return slowdown <= MostSlowdown;
    }

    private bool Memory()
    {
        // A few minutes on either side: a moment's allocation is not growth.
        var (first, last) = FirstAndLast(0.1, m => m.Megabytes);
        double growth = (last - first) / first, most = moments.Max(m => m.Megabytes);
        bool good = growth <= MostGrowth && most <= MostMegabytes;
        report.Say($"Physical memory of the server: {first:F0} MB after the warm-up, {last:F0} MB in the end (medians of a "
            + $"tenth of the time each), growth **{growth:P1}** (at most {MostGrowth:P0}), greatest **{most:F0} MB** (at most "
            + $"{MostMegabytes:F0} MB): {(good ? "good" : "too much")}.");
        return good;
    }

    private (double First, double Last) FirstAndLast(double share, Func<SoakMoment, double> what)
    {
        int few = Math.Max(1, (int)(moments.Count * share));
        return (Measured.Median(moments.Take(few).Select(what)), Measured.Median(moments.TakeLast(few).Select(what)));
    }

    private void Table()
    {
        report.Header("seconds", "MB", "translations/s", "p50", "p95", "captions/s", "p50", "p95", "fixed calculation");
        int rows = Math.Min(MostRows, moments.Count);
        for (int row = 0; row < rows; row++)
        {
            double from = end * row / rows, to = end * (row + 1) / rows;
            var then = moments.Where(m => m.Seconds >= from && m.Seconds < to).ToList();
            report.Row(
                [$"{from:F0}", $"{Measured.Median(then.Select(m => m.Megabytes)):F0}", .. Cells(texts), .. Cells(captions),
                    $"{Measured.Median(then.Select(m => m.Pace)):F2} ms"]);

            IEnumerable<string> Cells(IReadOnlyList<LoadResult> results) =>
                [$"{Within(results, from, to).Count() / (to - from):F1}", .. new[] { 0.5, 0.95 }.Select(s => $"{Percentile(results, from, to, s):F1} ms")];
        }
    }
}
