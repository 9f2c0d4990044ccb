using System.Globalization;
using System.Text.RegularExpressions;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>What GET /metrics says at a moment.</summary>
internal sealed partial class Scrape
{
    /// <summary>The count of requests.</summary>
    public const string Total = "rnnserve_requests_total";

    private readonly List<(string Series, double Value)> samples;

    private Scrape(string text)
    {
        Text = text;
        samples =
        [
            .. text.Split('\n').Select(line => Sample().Match(line)).Where(match => match.Success)
                .Select(match => (match.Groups[1].Value, double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))),
        ];
    }

    public string Text { get; }

    /// <summary>Names of metrics with their labels.</summary>
    public IReadOnlySet<string> Series => samples.Select(sample => sample.Series).ToHashSet();

    /// <summary>Names of metrics; a histogram has three.</summary>
    public IReadOnlySet<string> Names => samples.Select(sample => sample.Series.Split('{')[0]).ToHashSet();

    public static async Task<Scrape> OfAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/metrics");
        response.EnsureSuccessStatusCode();
        return new(await response.Content.ReadAsStringAsync());
    }

    /// <summary>What it says when nothing is counted any more: the exporter answers what it knew up to 300 ms ago, and a request is
    /// counted when its answer is out.</summary>
    public static async Task<Scrape> AtRestAsync(HttpClient client)
    {
        var last = await OfAsync(client);
        while (true)
        {
            await Task.Delay(400);
            var next = await OfAsync(client);
            if (next.Sum(Total) == last.Sum(Total))
                return next;
            last = next;
        }
    }

    /// <summary>Asks until something is so.</summary>
    public static async Task<Scrape> UntilAsync(HttpClient client, Predicate<Scrape> isSo)
    {
        var scrape = await OfAsync(client);
        for (int i = 0; i < 200 && !isSo(scrape); i++)
        {
            await Task.Delay(50);
            scrape = await OfAsync(client);
        }

        return scrape;
    }

    /// <summary>The sum of a metric over its series that have all these labels.</summary>
    public double Sum(string name, params ReadOnlySpan<string> labels)
    {
        double sum = 0;
        foreach (var (series, value) in samples)
        {
            bool has = series.Split('{')[0] == name;
            foreach (string label in labels)
                has &= series.Contains(label, StringComparison.Ordinal);
            sum += has ? value : 0;
        }

        return sum;
    }

    [GeneratedRegex(@"^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)$")]
    private static partial Regex Sample();
}
