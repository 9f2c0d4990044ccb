using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RnnServe.Tests;

namespace RnnServe.ContainerTests;

/// <summary>The profile "replicas" of docker-compose.yml: three servers with keys behind nginx, whose quotas are in one Redis.</summary>
[Trait("Category", "Container")]
public sealed class ReplicaTests : IAsyncDisposable
{
    private const string Body = """{ "text": "Can you tell me where the station is?", "source": "en", "target": "de" }""";
    private const int Callers = 8;

    private static readonly string[] Replicas = ["rnnserve-1", "rnnserve-2", "rnnserve-3"];

    private readonly DirectoryInfo keys = Directory.CreateTempSubdirectory("rnnserve-keys-");
    private readonly string project = $"rnnserve-{Guid.NewGuid():N}"[..20];
    private readonly Dictionary<string, string> environment;
    private readonly HttpClient client;

    public ReplicaTests()
    {
        int port = ThisMachine.FreePort();
        environment = new() { ["RNNSERVE_KEYS"] = keys.FullName, ["RNNSERVE_REPLICAS_PORT"] = $"{port}", ["RNNSERVE_PORT"] = $"{ThisMachine.FreePort()}" };
        client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(1) };
        // The user of the container writes the file.
        if (!OperatingSystem.IsWindows())
            keys.UnixFileMode = (UnixFileMode)0x1FF;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (await Docker.ReasonForNoneAsync() is null)
            await ComposeAsync("down", "--timeout", "5");
        // Its file belongs to the user of the container.
        try
        {
            keys.Delete(recursive: true);
        }
        catch (UnauthorizedAccessException)
        {
            // A temporary folder stays behind.
        }
    }

    [Fact]
    public async Task Restarts_one_after_the_other_lose_no_request_and_a_quota_is_one_for_all()
    {
        string? missing = await Docker.ReasonForNoneAsync() ?? await Docker.ReasonForNoImageAsync("nginx:1", "redis:7");
        Skip.Unless(missing is null, missing!);
        await ComposeAsync("build", "--quiet");
        string key = await AddKeyAsync("unlimited"), few = await AddKeyAsync("few", "--requests", "20");
        await ComposeAsync("up", "--detach", "--wait", "nginx", "redis");

        var statuses = await WhileAskingAsync(key, async () =>
        {
            foreach (string replica in Replicas)
            {
                await ComposeAsync("restart", replica);
                await ComposeAsync("up", "--detach", "--wait", replica);
            }
        });

        Assert.Equal([HttpStatusCode.OK], [.. statuses.Distinct()]);
        Assert.True(statuses.Count > 50, $"{statuses.Count} answers");
        var counted = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskAsync(few)));
        Assert.Equal(20, counted.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(20, counted.Count(status => status == HttpStatusCode.TooManyRequests));
    }

    /// <returns>The statuses of all answers.</returns>
    private async Task<ConcurrentBag<HttpStatusCode>> WhileAskingAsync(string key, Func<Task> work)
    {
        var statuses = new ConcurrentBag<HttpStatusCode>();
        bool over = false;
        var asking = Enumerable.Range(0, Callers).Select(_ => Task.Run(
            async () =>
            {
                while (!Volatile.Read(ref over))
                    statuses.Add(await AskAsync(key));
            },
            Stop)).ToList();
        await work();
        Volatile.Write(ref over, true);
        await Task.WhenAll(asking);
        return statuses;
    }

    private async Task<HttpStatusCode> AskAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new StringContent(Body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private async Task<string> AddKeyAsync(string name, params string[] more)
    {
        string printed = await Docker.RunAsync(
            ["run", "--rm", "--volume", $"{keys.FullName}:/keys", "rnnserve", "keys", "add", "--file", "/keys/keys.json", "--name", name,
                "--scope", "translate", .. more]);
        return printed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).First(word => word.StartsWith("rnn_", StringComparison.Ordinal));
    }

    private Task<string> ComposeAsync(params string[] arguments) =>
        Docker.RunAsync(environment, ["compose", "--project-name", project, "--profile", "replicas", .. arguments]);
}
