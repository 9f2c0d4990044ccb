using System.Diagnostics;
using RnnServe.Training.Drawings;

namespace RnnServe.Benchmarks;

/// <summary>Sends requests of all kinds side by side and watches the server's memory.</summary>
internal sealed class Soak(ServerProcess server, SoakSettings settings, IReadOnlyList<ServedModel> models)
{
    private const double MostGrowth = 0.05, MostMegabytes = 400;
    private const int TextCallers = 16, ImageCallers = 2, Rows = 30;

    /// <summary>Part of all requests that come first: buffers reach their sizes, and code is compiled for good.</summary>
    private const double WarmUpShare = 0.05;

    /// <summary>Captions that fill the cache of images, which is memory on purpose.</summary>
    private const int WarmUpCaptions = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Stopwatch clock = new();
    private readonly List<(double Seconds, double Megabytes)> memory = [];

    /// <returns>Whether memory stayed within its limits and every request was answered.</returns>
    public async Task<bool> RunAsync(Report report, CancellationToken stop)
    {
        clock.Start();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = WatchAsync(over.Token);
        int warmUpCaptions = Math.Min(WarmUpCaptions, settings.Captions);
        await SendAsync((int)(settings.Translations * WarmUpShare), warmUpCaptions, 0, stop);
        double warm = clock.Elapsed.TotalSeconds;
        var (texts, captions) = await SendAsync(settings.Translations, settings.Captions, warmUpCaptions, stop);
        double end = clock.Elapsed.TotalSeconds;
        await over.CancelAsync();
        await watching;

        report.Say($"{Total(texts):N0} requests for translations in {end - warm:F0} s, {settings.TextsPerRequest} text(s) of at most "
            + $"{settings.Words} words each, beam {settings.Beam}, {TextCallers} at a time, and {Total(captions):N0} for captions, "
            + $"{ImageCallers} at a time, after {warm:F0} s of warm-up. Not answered with 200: {texts.Concat(captions).Sum(Unanswered)}.");
        return Judge(report, warm) && texts.Concat(captions).All(r => Unanswered(r) == 0);
    }

    private static int Unanswered(LoadResult result) => result.Answers.Count(a => a.Status != Load.Answered);

    private static int Total(IReadOnlyList<LoadResult> results) => results.Sum(r => r.Answers.Count);

    /// <summary>Sends so many requests of both kinds, or as many as there is time for.</summary>
    private async Task<(LoadResult[] Texts, LoadResult[] Captions)> SendAsync(int texts, int captions, int firstCaption, CancellationToken stop)
    {
        double seconds = (settings.Minutes * 60) - clock.Elapsed.TotalSeconds;
        var translators = models.Where(m => m.Task == "translate").ToList();
        var translating = translators.Select(m => new Load(Texts(m).AskAsync, seconds) { WarmUp = 0, Most = texts / translators.Count }
            .ClosedAsync(TextCallers / translators.Count, stop));
        var captioning = models.Where(m => m.Task == "caption")
            .Select(m => new Load(Photos(m, firstCaption), seconds) { WarmUp = 0, Most = captions }.ClosedAsync(ImageCallers, stop));
        Task<LoadResult[]> textResults = Task.WhenAll(translating), captionResults = Task.WhenAll(captioning);
        return (await textResults, await captionResults);
    }

    private HttpRequests Texts(ServedModel model) => HttpRequests.Texts(
        server.Client,
        TextRequests.Of([.. settings.Sentences.Select(s => string.Join(' ', s.Split(' ').Take(settings.Words)))], settings.TextsPerRequest),
        model.Name,
        settings.Beam);

    private Ask Photos(ServedModel model, int first)
    {
        var requests = HttpRequests.Photos(server.Client, settings.Images, model.Name, settings.Beam);
        return (number, stop) => requests.AskAsync(first + number, stop);
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
