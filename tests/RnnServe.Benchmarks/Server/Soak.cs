using System.Diagnostics;

namespace RnnServe.Benchmarks;

/// <summary>Sends requests of all kinds side by side and watches the server's memory.</summary>
internal sealed class Soak(ServerProcess server, SoakSettings settings, IReadOnlyList<ServedModel> models)
{
    private const int TextCallers = 16, ImageCallers = 2;

    /// <summary>Part of all requests for translations that come first, and how many at most: buffers reach their sizes, and code is compiled
    /// for good.</summary>
    private const double WarmUpShare = 0.05;

    private const int WarmUpTranslations = 20_000;

    /// <summary>Captions that fill the cache of images, which is memory on purpose.</summary>
    private const int WarmUpCaptions = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Stopwatch clock = new();
    private readonly Dictionary<string, RecordedAnswers> recorded = [];
    private readonly List<SoakMoment> moments = [];

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
        return new SoakVerdict(report, [.. moments.Where(m => m.Seconds >= warm).Select(m => m with { Seconds = m.Seconds - warm })], texts, captions)
            .Give() && texts.Concat(captions).All(r => Unanswered(r) == 0);
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
            moments.Add(new(clock.Elapsed.TotalSeconds, server.Megabytes, Pace.Milliseconds()));
            await Task.Delay(Interval, over).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
