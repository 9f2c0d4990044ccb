using System.Diagnostics;
using RnnServe.Training.Drawings;

namespace RnnServe.Benchmarks;

/// <summary>Sends requests of all kinds side by side and watches the server's memory.</summary>
internal sealed class Soak(ServerProcess server, SoakSettings settings, IReadOnlyList<ServedModel> models)
{
    private const double MostGrowth = 0.05, MostMegabytes = 1000, MostSlowdown = 0.1;
    private const int TextCallers = 16, ImageCallers = 2, Rows = 30;

    /// <summary>Part of all requests for translations that come first, and how many at most: buffers reach their sizes, and code is compiled
    /// for good.</summary>
    private const double WarmUpShare = 0.05;

    private const int WarmUpTranslations = 20_000;

    /// <summary>Captions that fill the cache of images, which is memory on purpose.</summary>
    private const int WarmUpCaptions = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Stopwatch clock = new();
    private readonly Dictionary<string, RecordedAnswers> recorded = [];
    private readonly List<(double Seconds, double Megabytes)> memory = [];

    /// <returns>Whether memory stayed within its limits and every request was answered.</returns>
    public async Task<bool> RunAsync(Report report, CancellationToken stop)
    {
        clock.Start();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = WatchAsync(over.Token);
        int warmUpCaptions = Math.Min(WarmUpCaptions, settings.Captions);
        await SendAsync(Math.Min((int)(settings.Translations * WarmUpShare), WarmUpTranslations), warmUpCaptions, 0, stop);
        double warm = clock.Elapsed.TotalSeconds;
        var (texts, captions) = await SendAsync(settings.Translations, settings.Captions, warmUpCaptions, stop);
        double end = clock.Elapsed.TotalSeconds;
        await over.CancelAsync();
        await watching;

        report.Say($"{Total(texts):N0} requests for translations in {end - warm:F0} s, {settings.TextsPerRequest} text(s) of at most "
            + $"{settings.Words} words each, beam {settings.Beam}, {TextCallers} at a time, and {Total(captions):N0} for captions, "
            + $"{ImageCallers} at a time, after {warm:F0} s of warm-up. Not answered with 200, or otherwise than before: "
            + $"{texts.Concat(captions).Sum(Unanswered)}.");
        bool steady = Slowdown(report, "translations", texts) & Slowdown(report, "captions", captions);
        return Judge(report, warm) && steady && texts.Concat(captions).All(r => Unanswered(r) == 0);
    }

    /// <summary>Compares the first sixth of the time with the last: of half an hour, five minutes each.</summary>
    private static bool Slowdown(Report report, string what, IReadOnlyList<LoadResult> results)
    {
        double end = results.SelectMany(r => r.Answers).Select(a => a.End).DefaultIfEmpty(0).Max();
        double first = Percentile(0, end / 6), last = Percentile(end * 5 / 6, end), slowdown = (last - first) / first;
        report.Say($"p95 of {what}: {first:F1} ms in the first sixth of the time, {last:F1} ms in the last: **{slowdown:P1}** (at most "
            + $"{MostSlowdown:P0}).");
        return slowdown <= MostSlowdown;

        double Percentile(double from, double to) => Measured.Percentile(
            results.SelectMany(r => r.Answers).Where(a => a.Start >= from && a.Start <= to).Select(a => (a.End - a.Start) * 1000), 0.95);
    }

    private static int Unanswered(LoadResult result) => result.Answers.Count(a => a.Status != Load.Answered);

    private static int Total(IReadOnlyList<LoadResult> results) => results.Sum(r => r.Answers.Count);

    /// <summary>Sends so many requests of both kinds, or as many as there is time for.</summary>
    private async Task<(LoadResult[] Texts, LoadResult[] Captions)> SendAsync(int texts, int captions, int firstCaption, CancellationToken stop)
    {
        double seconds = (settings.Minutes * 60) - clock.Elapsed.TotalSeconds;
        var translators = models.Where(m => m.Task == "translate").ToList();
        var translating = translators.Select(m => new Load(Texts(m), seconds) { WarmUp = 0, Most = texts / translators.Count }
            .ClosedAsync(TextCallers / translators.Count, stop));
        var captioning = models.Where(m => m.Task == "caption")
            .Select(m => new Load(Photos(m, firstCaption), seconds) { WarmUp = 0, Most = captions }.ClosedAsync(ImageCallers, stop));
        Task<LoadResult[]> textResults = Task.WhenAll(translating), captionResults = Task.WhenAll(captioning);
        return (await textResults, await captionResults);
    }

    private Ask Texts(ServedModel model) => Recorded(model.Name, () => HttpRequests.Texts(
        server.Client,
        TextRequests.Of([.. settings.Sentences.Select(s => string.Join(' ', s.Split(' ').Take(settings.Words)))], settings.TextsPerRequest),
        model.Name,
        settings.Beam));

    private Ask Photos(ServedModel model, int first)
    {
        var ask = Recorded(model.Name, () => HttpRequests.Photos(server.Client, settings.Images, model.Name, settings.Beam));
        return (number, stop) => ask(first + number, stop);
    }

    /// <summary>What the warm-up answered is what the answers are held against.</summary>
    private Ask Recorded(string model, Func<HttpRequests> requests)
    {
        if (!recorded.TryGetValue(model, out var answers))
            recorded.Add(model, answers = new(requests()));
        return answers.AskAsync;
    }

    private async Task WatchAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            memory.Add((clock.Elapsed.TotalSeconds, server.Megabytes));
            await Task.Delay(Interval, over).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private bool Judge(Report report, double warm)
    {
        var after = memory.Where(m => m.Seconds >= warm).ToList();
        // A few seconds on either side: a moment's allocation is not growth.
        int few = Math.Max(1, after.Count / 10);
        double first = Measured.Median(after.Take(few).Select(m => m.Megabytes));
        double last = Measured.Median(after.TakeLast(few).Select(m => m.Megabytes));
        double growth = (last - first) / first, most = memory.Max(m => m.Megabytes);
        bool good = growth <= MostGrowth && most <= MostMegabytes;
        report.Say($"Physical memory of the server: {first:F0} MB after the warm-up, {last:F0} MB in the end (medians of a "
            + $"tenth of the time each), growth **{growth:P1}** (at most {MostGrowth:P0}), greatest **{most:F0} MB** (at most "
            + $"{MostMegabytes:F0} MB): {(good ? "good" : "too much")}.");
        report.Header("seconds", "MB");
        foreach (var (seconds, megabytes) in memory.Where((_, i) => i % Math.Max(1, memory.Count / Rows) == 0))
            report.Row($"{seconds:F0}", $"{megabytes:F0}");
        report.Picture("memory", new Chart(
            "Physical memory of the server", "seconds", "MB", [new Curve("physical memory", [.. memory])])
        { FromZero = true });
        return good;
    }
}
