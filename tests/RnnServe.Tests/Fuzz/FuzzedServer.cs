using System.Collections.Concurrent;
using System.Net;
using RnnServe.Tests.Classify;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Fuzz;

/// <summary>A server of its own process, with tiny models of all kinds and all doors open, which gets whatever a test makes up.</summary>
/// <remarks>Of its own process, so that one that dies is seen, with the number of the request that did it.</remarks>
internal sealed class FuzzedServer : IDisposable
{
    private const int Callers = 8;

    /// <summary>Part of the requests after which memory has the size that it keeps, and how much more may be allowed in the end: it goes up
    /// and down by tens of megabytes, and a leak of a kilobyte a request is a hundred of them in the long tests.</summary>
    private const double WarmUpShare = 0.3, MostGrowth = 0.2;

    private const long AnyGrowth = 50_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Doors = ["DeepL", "LibreTranslate", "HuggingFace", "MaxCaption", "OpenInference"];

    private readonly ModelFolder models;
    private readonly ServerProcess process;
    private readonly HttpClient client;

    private FuzzedServer(ModelFolder models, ServerProcess process) =>
        (this.models, this.process, client) = (models, process, new HttpClient { Timeout = Patience });

    public static async Task<FuzzedServer> StartAsync()
    {
        var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        models.AddCaptioner("tiny-photos");
        TinyClassifyBundle.Create(models.Path, "tiny-colours");
        var process = new ServerProcess(["--Models:Folder", models.Path, .. Doors.SelectMany(door => new[] { $"--Doors:{door}", "true" })]);
        var server = new FuzzedServer(models, process);
        try
        {
            server.client.BaseAddress = await process.ListeningAsync();
            await ServerProcess.ReadyAsync(server.client);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Sends requests and checks that each is answered with a status that is documented, and that the server stays as it
    /// was.</summary>
    /// <param name="count">How many.</param>
    /// <param name="make">Makes a request; the same seed must give the same one.</param>
    /// <param name="refusals">Statuses that may come beside 200.</param>
    public async Task CheckAsync(int count, Func<Random, HttpRequestMessage> make, params int[] refusals)
    {
        var found = new ConcurrentDictionary<int, int>();
        await SendAsync(0, (int)(count * WarmUpShare), make, refusals, found);
        long memory = process.Memory;
        await SendAsync((int)(count * WarmUpShare), count, make, refusals, found);

        // Input that is always refused at the door tests nothing behind it.
        Assert.True(found.GetValueOrDefault(200) > 0 && found.Count > 1, string.Join(", ", found));
        long grown = process.Memory - memory;
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} requests: {memory / 1e6:F0} MB, and {grown / 1e6:F0} MB more in the end");
        Assert.InRange(grown, long.MinValue, Math.Max(AnyGrowth, (long)(memory * MostGrowth)));
        await RunningServer.OkAsync(await client.GetAsync("/v1/models"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        process.Terminate();
        var (exit, lines) = await process.ExitAsync();
        Assert.Equal(0, exit);
        Assert.DoesNotContain(lines, line => line.Contains("failed", StringComparison.OrdinalIgnoreCase));
    }

    private Task SendAsync(
        int first, int end, Func<Random, HttpRequestMessage> make, int[] refusals, ConcurrentDictionary<int, int> found) =>
        Parallel.ForAsync(first, end, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (seed, stop) =>
        {
            using var request = make(new Random(seed));
            string what = $"Request {seed}, {request.Method} {request.RequestUri}";
            try
            {
                using var response = await client.SendAsync(request, stop);
                await response.Content.ReadAsByteArrayAsync(stop);
                int status = (int)response.StatusCode;
                Assert.True(status == 200 || refusals.Contains(status), $"{what}: {status}");
                found.AddOrUpdate(status, 1, (_, before) => before + 1);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                Assert.Fail($"{what}: {error.Message}");
            }
        });

    public void Dispose()
    {
        client.Dispose();
        process.Dispose();
        models.Dispose();
    }
}
