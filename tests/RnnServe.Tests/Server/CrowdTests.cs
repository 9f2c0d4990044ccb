using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RnnServe.Tests.Server;

/// <summary>Very many clients that send half a request, or go away while they are answered: 100, and in the long tests 1,000.</summary>
public sealed class CrowdTests : IDisposable
{
    private const int AllowedBytes = 64 << 20, AllowedThreads = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ModelFolder models = new();

    public CrowdTests() => models.Add("tiny", "en", "de");

    private static int Clients => Skip.LongTestsAreWanted ? 1000 : 100;

    public void Dispose() => models.Dispose();

    [Fact, Trait("Category", "Long")]
    public async Task Half_requests_hold_nothing_that_others_need()
    {
        using var server = await StartedServer.StartAsync(models.Path);
        var clients = new List<TcpClient>();
        for (int i = 0; i < Clients; i++)
            clients.Add(await SendAsync(server.Url, """{ "text": "A bad""", length: 1000));

        await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "Abc." }"""));
        clients.ForEach(client => client.Dispose());

        await server.RestsAsync();
    }

    [Fact, Trait("Category", "Long")]
    public async Task Callers_that_vanish_in_the_middle_of_the_answer_free_their_rows_and_are_counted()
    {
        using var server = await StartedServer.StartAsync(models.Path);

        // Together more than is decoded before they go away, and less than the queue holds.
        string body = Requests.Slow(texts: 1, sentences: 60);
        double before = await server.MetricAsync("rnnserve_requests_abandoned_total");

        foreach (int[] some in Enumerable.Range(0, Clients).Chunk(50))
        {
            var clients = await Task.WhenAll(some.Select(_ => SendAsync(server.Url, body, Encoding.UTF8.GetByteCount(body))));
            await Waiting.UntilAsync(async () =>
                await server.MetricAsync("http_server_active_requests") >= some.Length && await server.MetricAsync("rnnserve_rows_live") > 0);
            foreach (var client in clients)
                client.Dispose();
            await server.RestsAsync();
        }

        await Waiting.UntilAsync(async () => await server.MetricAsync("rnnserve_requests_abandoned_total") == before + Clients);
    }

    private static async Task<TcpClient> SendAsync(Uri server, string body, int length)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
            $"POST /v1/translate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"));
        return client;
    }

    /// <summary>A server of its own process that has answered before, with what it was then.</summary>
    private sealed class StartedServer : IDisposable
    {
        private readonly ServerProcess process;
        private readonly HttpClient client;
        private long memory;
        private int threads;

        private StartedServer(ServerProcess process, Uri url) =>
            (this.process, client) = (process, new HttpClient { BaseAddress = url, Timeout = Patience });

        public Uri Url => client.BaseAddress!;

        public static async Task<StartedServer> StartAsync(string models)
        {
            var process = new ServerProcess("--Models:Folder", models, "--Limits:MaxConnections", "2000");
            try
            {
                var server = new StartedServer(process, await process.ListeningAsync());
                await ServerProcess.ReadyAsync(server.client);
                for (int i = 0; i < 50; i++)
                    await RunningServer.OkAsync(await server.TranslateAsync(Requests.Slow(texts: 4, sentences: 2)));
                (server.memory, server.threads) = (process.Memory, process.Threads);
                return server;
            }
            catch
            {
                process.Dispose();
                throw;
            }
        }

        public Task<HttpResponseMessage> TranslateAsync(string json) => client.PostAsync("/v1/translate", RunningServer.Json(json));

        /// <summary>The sum over all series of a metric.</summary>
        public async Task<double> MetricAsync(string name) => (await client.GetStringAsync("/metrics")).Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));

        /// <summary>Waits until nothing is left of what was going on.</summary>
        public Task RestsAsync() => Waiting.UntilAsync(async () =>
            await MetricAsync("rnnserve_rows_live") == 0
            && await MetricAsync("rnnserve_queue_depth") == 0
            && await MetricAsync("kestrel_active_connections") <= 2
            && process.Threads <= threads + AllowedThreads
            && process.Memory <= memory + AllowedBytes);

        public void Dispose()
        {
            client.Dispose();
            process.Dispose();
        }
    }
}
