using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Images;

namespace RnnServe.Tests.Server;

/// <summary>Many good and bad images against a server that is a process of its own. Alone, because the machine's speed matters.</summary>
[Collection(nameof(CaptionLoadTests))]
[CollectionDefinition(nameof(CaptionLoadTests), DisableParallelization = true)]
public sealed class CaptionLoadTests
{
    private const int Requests = 600, Callers = 8;

    private const string Slow = "beamSize=16&maxLength=512&lengthPenalty=2";

    [Fact]
    public async Task Hundreds_of_good_and_bad_images_leave_the_server_healthy_with_flat_memory()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        // Room for a few encoded images, so that the cache is full and turned over all the time.
        using var server = new ServerProcess("--Models:Folder", models.Path, "--Limits:ImageCacheBytes", "10000");
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);
        var good = Pictures.Detailed(640, 480);
        var jpeg = Pictures.Save(good, "jpeg");
        var bad = BadImages.All.Values.ToList();
        await SendAsync(0, Requests);
        var before = server.Memory;

        await SendAsync(Requests, Requests);

        // Keeping one photo's file per good request would take 150 MB, its decoded rows as much.
        Assert.InRange(server.Memory - before, long.MinValue, 48 << 20);
        await RunningServer.OkAsync(await client.GetAsync("/health/ready"));

        async Task SendAsync(int first, int count) => await Parallel.ForAsync(
            first, first + count, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, stop) =>
            {
                // Every second image is bad; of the good ones every second has a hash of its own, which the cache has not seen.
                var (file, status) = i % 4 == 1 ? (jpeg, HttpStatusCode.OK)
                    : i % 2 == 1 ? ([.. good, .. BitConverter.GetBytes(i)], HttpStatusCode.OK)
                    : (bad[i / 2 % bad.Count].File, bad[i / 2 % bad.Count].Status);
                using var content = new ByteArrayContent(file);
                content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
                using var response = await client.PostAsync("/v1/caption", content, stop);
                Assert.Equal(status, response.StatusCode);
            });
    }

    [Fact]
    public async Task Callers_that_go_away_leave_nothing_behind()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        // Fewer places than callers: had each that goes away kept one, there would be none left.
        await using var server = await new RunningServer(
            models.Path,
            ("Batching:Workers", "1"),
            ("Batching:MaxRows", "1"),
            ("Batching:MaxQueued", "20"),
            ("Limits:ImageCacheBytes", "0")).SettledAsync();
        var image = Pictures.Detailed(640, 480);

        var gone = Enumerable.Range(0, 60).Select(async i =>
        {
            using var away = new CancellationTokenSource(TimeSpan.FromMilliseconds(5 + (i * 3)));
            try
            {
                (await server.CaptionAsync(image, Slow, cancellation: away.Token)).Dispose();
            }
            catch (OperationCanceledException)
            {
            }
        });
        await Task.WhenAll(gone);
        var captioner = CaptionerOf(server);
        var budget = server.Services.GetRequiredService<UploadBudget>();
        Assert.True(SpinWait.SpinUntil(() => captioner.Waiting == 0 && budget.Used == 0, TimeSpan.FromSeconds(20)));

        Assert.Equal(20, (await RunningServer.CaptionsAsync(await server.CaptionFormAsync(Enumerable.Repeat(image, 20)))).Length);
        await RunningServer.OkAsync(await server.Client.GetAsync("/health/ready"));
        Assert.Contains(server.Logs, l => l.Contains("the caller went away", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Images_that_find_no_place_are_refused_at_once_and_told_when_to_come_again()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        await using var server = await new RunningServer(
            models.Path,
            ("Batching:Workers", "1"),
            ("Batching:MaxRows", "1"),
            ("Batching:MaxQueued", "2"),
            ("Limits:RetryAfterSeconds", "7")).SettledAsync();
        var image = TinyCaptionBundle.Image(1);

        var responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => server.CaptionAsync(image, Slow)));

        Assert.Contains(responses, r => r.StatusCode == HttpStatusCode.OK);
        var refused = responses.Where(r => r.StatusCode != HttpStatusCode.OK).ToList();
        Assert.NotEmpty(refused);
        foreach (var response in refused)
        {
            var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.TooManyRequests);
            Assert.Contains("images are waiting", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 7, 3600);
        }
    }

    [Fact]
    public async Task Uploads_take_no_more_memory_together_than_allowed()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        await using var server = await new RunningServer(
            models.Path,
            ("Limits:MaxImageBytes", "100000"),
            ("Limits:MaxUploadBytes", "100000"),
            ("Limits:MaxUploadBytesTotal", "100000")).SettledAsync();
        var budget = server.Services.GetRequiredService<UploadBudget>();
        var image = TinyCaptionBundle.Image(1);
        using var slow = new SlowUpload(90_000, image);
        using var content = new StreamContent(slow);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        content.Headers.ContentLength = 90_001;

        var first = server.Client.PostAsync("/v1/caption", content);
        Assert.True(SpinWait.SpinUntil(() => budget.Used == 90_000, TimeSpan.FromSeconds(20)));
        var second = await server.CaptionAsync([.. image, .. new byte[20_000]]);
        slow.GoOn();

        var problem = await RunningServer.ProblemAsync(second, HttpStatusCode.TooManyRequests);
        Assert.Contains("the limit of 100000", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.Single(await RunningServer.CaptionsAsync(await first));
        Assert.Equal(0, budget.Used);
        Assert.Single(await RunningServer.CaptionsAsync(await server.CaptionAsync([.. image, .. new byte[20_000]])));
    }

    [Fact]
    public async Task A_deadline_that_passes_while_images_wait_is_a_gateway_timeout()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        await using var server = await new RunningServer(
            models.Path,
            ("Limits:RequestTimeoutMs", "100"),
            ("Batching:Workers", "1"),
            ("Batching:MaxRows", "1")).SettledAsync();
        // The first requests of a process are slow: the deadline would be over before the first image is encoded.
        bool isWarm = false;
        for (int tries = 0; tries < 50 && !isWarm; tries++)
            isWarm = (await server.CaptionAsync(TinyCaptionBundle.Image(100))).IsSuccessStatusCode;
        long before = CaptionerOf(server).Cache.Misses;
        var response = await server.CaptionFormAsync(
            Enumerable.Range(0, 32).Select(i => TinyCaptionBundle.Image(i)),
            ("beamSize", "16"),
            ("maxLength", "512"),
            ("lengthPenalty", "2"));

        await RunningServer.ProblemAsync(response, HttpStatusCode.GatewayTimeout);
        Assert.InRange(CaptionerOf(server).Cache.Misses - before, 1, 32);
    }

    private static Captioner CaptionerOf(RunningServer server) =>
        (Captioner)server.Services.GetRequiredService<ModelCatalog>().Entries.Single().Handle!.Model;
}
