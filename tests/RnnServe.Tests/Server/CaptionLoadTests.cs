using System.Net;
using System.Net.Http.Headers;
using RnnServe.Tests.Images;

namespace RnnServe.Tests.Server;

/// <summary>Many good and bad images against a server that is a process of its own. Alone, because the machine's speed matters.</summary>
[Collection(nameof(CaptionLoadTests))]
[CollectionDefinition(nameof(CaptionLoadTests), DisableParallelization = true)]
public sealed class CaptionLoadTests
{
    private const int Requests = 2000, Callers = 8;

    [Fact]
    public async Task Two_thousand_good_and_bad_images_leave_the_server_healthy_with_flat_memory()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        // Room for a dozen encoded images, so that the cache is full and turned over all the time.
        using var server = new ServerProcess("--Models:Folder", models.Path, "--Limits:ImageCacheBytes", "10000");
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);
        var good = Pictures.Detailed(640, 480);
        var jpeg = Pictures.Save(good, "jpegsave");
        var bad = BadImages.All.Values.ToList();
        await SendAsync(0, Requests);
        var before = server.Memory;

        await SendAsync(Requests, Requests);

        // Keeping one photo's file per good request would take 500 MB, its decoded rows as much.
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
        await using var server = await new RunningServer(
            models.Path, ("Batching:Workers", "1"), ("Batching:MaxSentences", "1"), ("Limits:ImageCacheBytes", "0")).SettledAsync();
        var image = Pictures.Detailed(640, 480);
        const string Slow = "beamSize=16&maxLength=512&lengthPenalty=2";

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

        Assert.Single(await RunningServer.CaptionsAsync(await server.CaptionAsync(image)));
        await RunningServer.OkAsync(await server.Client.GetAsync("/health/ready"));
        Assert.Contains(server.Logs, l => l.Contains("the caller went away", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deadline_that_passes_while_images_wait_is_a_gateway_timeout()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        await using var server = await new RunningServer(models.Path, ("Limits:RequestTimeoutMs", "1")).SettledAsync();

        var response = await server.CaptionFormAsync(Enumerable.Repeat(Pictures.Detailed(640, 480), 20));

        await RunningServer.ProblemAsync(response, HttpStatusCode.GatewayTimeout);
    }
}
