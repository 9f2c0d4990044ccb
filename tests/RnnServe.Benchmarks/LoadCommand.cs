using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using RnnServe.Training;
using RnnServe.Training.Data;

namespace RnnServe.Benchmarks;

/// <summary>load: sends texts or photos to a running server, and says how many were answered and how soon.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var server = new Option<string>("--server") { Description = "Address of the server.", DefaultValueFactory = _ => "http://localhost:8080" };
        var texts = new Option<FileInfo?>("--texts") { Description = "Sentences to translate, one a line, plain or .gz." };
        var images = new Option<DirectoryInfo?>("--images") { Description = "Folder of photos to caption." };
        var model = new Option<string?>("--model") { Description = "Model to ask. Default: the server's only one." };
        var beam = new Option<int>("--beam") { Description = "Hypotheses kept.", DefaultValueFactory = _ => 5 };
        var many = new Option<int>("--texts-per-request") { Description = "Texts in one request.", DefaultValueFactory = _ => 1 };
        var callers = new Option<int>("--callers")
        {
            Description = "Closed loop: callers that send a request when the last one is answered.",
            DefaultValueFactory = _ => 64,
        };
        var rate = new Option<double>("--rate") { Description = "Open loop: requests a second, which arrive at random whatever the answers take." };
        var seconds = new Option<double>("--seconds") { Description = "How long; one second more warms up.", DefaultValueFactory = _ => 10 };
        var command = new Command("load", "Measure a running server: answers a second and their times.")
        {
            server, texts, images, model, beam, many, callers, rate, seconds,
        };
        command.SetAction(async (arguments, stop) =>
        {
            var requests = arguments.GetValue(images) is { } folder
                ? Photos(folder, arguments.GetValue(model), arguments.GetValue(beam))
                : Texts(
                    arguments.GetValue(texts) ?? throw new UserException("Give --texts or --images."),
                    arguments.GetValue(model), arguments.GetValue(beam), arguments.GetValue(many));
            using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 4096 })
            {
                BaseAddress = new Uri(arguments.GetRequiredValue(server)),
                Timeout = TimeSpan.FromMinutes(5),
            };
            var load = new Load(client, requests, arguments.GetValue(seconds));
            await (arguments.GetValue(rate) is > 0 and var perSecond
                ? load.OpenAsync(perSecond, stop)
                : load.ClosedAsync(arguments.GetValue(callers), stop));
            load.Report(arguments.GetValue(images) is null ? arguments.GetValue(many) : 1);
            return 0;
        });
        return command;
    }

    private static Request[] Texts(FileInfo file, string? model, int beam, int many) =>
    [
        .. ParallelCorpus.ReadLines(file.FullName).Where(line => !string.IsNullOrWhiteSpace(line)).Chunk(many).Select(some =>
            new Request(
                "/v1/translate",
                "application/json",
                JsonSerializer.SerializeToUtf8Bytes(model is null
                    ? new { text = some, beamSize = beam }
                    : (object)new { text = some, beamSize = beam, model }))),
    ];

    private static Request[] Photos(DirectoryInfo folder, string? model, int beam)
    {
        string query = string.Create(CultureInfo.InvariantCulture, $"/v1/caption?beamSize={beam}{(model is null ? "" : $"&model={model}")}");
        return [.. folder.EnumerateFiles("*.jpg").Select(file => new Request(query, "image/jpeg", File.ReadAllBytes(file.FullName)))];
    }
}

/// <summary>What is sent over and over.</summary>
internal sealed record Request(string Path, string Type, byte[] Body);

/// <summary>Sends requests for a while and counts answers.</summary>
internal sealed class Load(HttpClient client, Request[] requests, double seconds)
{
    private const double WarmUp = 1;

    private readonly ConcurrentBag<(double Milliseconds, int Status)> answers = [];
    private readonly Stopwatch clock = new();
    private int next;

    private double Left => WarmUp + seconds - clock.Elapsed.TotalSeconds;

    /// <summary>Each caller waits for its answer before it asks again.</summary>
    public Task ClosedAsync(int callers, CancellationToken stop)
    {
        clock.Start();
        return Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (Left > 0)
                await SendAsync(stop);
        }));
    }

    /// <summary>Requests arrive with exponential distances; nobody waits.</summary>
    public async Task OpenAsync(double perSecond, CancellationToken stop)
    {
        clock.Start();
        var random = new Random(1);
        var sent = new List<Task>();
        for (double due = 0; due < WarmUp + seconds; due += -Math.Log(1 - random.NextDouble()) / perSecond)
        {
            while (clock.Elapsed.TotalSeconds < due)
                await Task.Delay(due - clock.Elapsed.TotalSeconds > 0.002 ? 1 : 0, stop);
            sent.Add(SendAsync(stop));
        }

        await Task.WhenAll(sent);
    }

    /// <param name="perRequest">Answers in a request.</param>
    public void Report(int perRequest)
    {
        foreach (var group in answers.GroupBy(answer => answer.Status).OrderBy(group => group.Key))
        {
            double rate = group.Count() * perRequest / seconds;
            Console.WriteLine($"{(group.Key == 0 ? "no answer" : group.Key)}: {rate:F1} a second; p50, p95, p99: {Measured.Percentiles(group.Select(a => a.Milliseconds))}");
        }
    }

    private async Task SendAsync(CancellationToken stop)
    {
        var request = requests[(uint)Interlocked.Increment(ref next) % requests.Length];
        double start = clock.Elapsed.TotalMilliseconds;
        int status = 0;
        try
        {
            using var content = new ByteArrayContent(request.Body);
            content.Headers.ContentType = new MediaTypeHeaderValue(request.Type);
            using var response = await client.PostAsync(new Uri(request.Path, UriKind.Relative), content, stop);
            await response.Content.ReadAsByteArrayAsync(stop);
            status = (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Counted as no answer: the load goes on.
        }

        double end = clock.Elapsed.TotalMilliseconds;
        if (start >= WarmUp * 1000 && end <= (WarmUp + seconds) * 1000)
            answers.Add((end - start, status));
    }
}
