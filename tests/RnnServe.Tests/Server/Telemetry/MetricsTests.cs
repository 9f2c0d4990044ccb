using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>GET /metrics of a running server.</summary>
[Collection(nameof(MeasuredServer))]
public sealed class MetricsTests(MeasuredServer server)
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_them()
    {
        PrometheusTools.SkipUnlessInstalled();

        var (exitCode, output) = await PrometheusTools.PromtoolAsync((await Scrape.OfAsync(client)).Text, "check", "metrics");

        Assert.Equal("", output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Prometheus_scrapes_the_server_and_counts_its_requests()
    {
        PrometheusTools.SkipUnlessInstalled();
        string[] labels = ["model=\"tiny-en-de\"", "outcome=\"ok\""];
        double expected = (await Scrape.AtRestAsync(client)).Sum(Scrape.Total, labels) + 3;
        for (int i = 0; i < 3; i++)
            await MeasuredServer.AskEachAsync(client);
        using var folder = new TemporaryFolder();
        // The shipped configuration, but for this server's port and a shorter wait.
        string configuration = await File.ReadAllTextAsync(TestData.InRepository("deploy", "prometheus", "prometheus.yml"));
        configuration = configuration.Replace("localhost:8080", $"127.0.0.1:{client.BaseAddress!.Port}", StringComparison.Ordinal)
            .Replace("scrape_interval: 15s", "scrape_interval: 1s", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "prometheus.yml"), configuration);
        File.Copy(TestData.InRepository("deploy", "prometheus", "alerts.yml"), Path.Combine(folder.Path, "alerts.yml"));
        string address = $"127.0.0.1:{ThisMachine.FreePort().ToString(CultureInfo.InvariantCulture)}";
        using var prometheus = PrometheusTools.Start(
            "prometheus", $"--config.file={folder.Path}/prometheus.yml", $"--storage.tsdb.path={folder.Path}/data", $"--web.listen-address={address}",
            "--log.level=error");
        try
        {
            string query = $"http://{address}/api/v1/query?query={Uri.EscapeDataString($"sum({Scrape.Total}{{model=\"tiny-en-de\",outcome=\"ok\"}})")}";

            Assert.Equal(expected, await AnswerAsync(query, expected));
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Requests_are_counted_by_how_they_ended_and_names_that_no_model_has_are_none()
    {
        var before = await Scrape.AtRestAsync(client);
        await MeasuredServer.AskEachAsync(client);
        await MeasuredServer.PostAsync(client, "/v1/translate", """{ "text": "abc", "model": "zyxwvut" }""");
        await MeasuredServer.PostAsync(client, "/v1/translate", """{ "text": "abc", "model": "tiny-en-de", "beamSize": 17 }""");
        using var late = new HttpRequestMessage(HttpMethod.Post, "/v1/translate") { Content = RunningServer.Json(Requests.Slow(texts: 256)) };
        late.Headers.Add("Request-Timeout", "1000");
        await client.SendAsync(late);

        var after = await Scrape.UntilAsync(client, scrape => Added(scrape) >= 6);

        Assert.Equal(1, Added(after, "model=\"tiny-en-de\"", "\"ok\"", "task=\"translate\"", "version=\"1\""));
        Assert.Equal(1, Added(after, "model=\"tiny-photos\"", "\"ok\"", "task=\"caption\""));
        Assert.Equal(1, Added(after, "model=\"tiny-colours\"", "\"ok\"", "task=\"classify\""));
        Assert.Equal(1, Added(after, "model=\"none\"", "\"not_found\"", "version=\"none\""));
        Assert.Equal(1, Added(after, "model=\"none\"", "\"invalid\""));
        Assert.Equal(1, Added(after, "model=\"tiny-en-de\"", "\"deadline\""));
        Assert.Equal(6, Added(after));
        Assert.Equal(3, after.Sum("rnnserve_request_duration_seconds_count") - before.Sum("rnnserve_request_duration_seconds_count"));

        double Added(Scrape scrape, params string[] labels) => scrape.Sum(Scrape.Total, labels) - before.Sum(Scrape.Total, labels);
    }

    [Fact]
    public Task Made_up_names_and_keys_leave_the_series_as_they_are() => CheckSeriesAsync(500);

    [Fact]
    [Trait("Category", "Long")]
    public Task Ten_thousand_made_up_names_and_keys_leave_the_series_as_they_are()
    {
        Skip.UnlessLong();
        return CheckSeriesAsync(10_000);
    }

    private async Task CheckSeriesAsync(int requests)
    {
        await AskAtRandomAsync(20);
        var before = await SeriesAsync();

        await AskAtRandomAsync(requests);

        var after = await SeriesAsync();
        Assert.Empty(after.Except(before));
        Assert.InRange(before.Count, 100, 1500);
    }

    [Fact]
    public async Task Without_the_setting_nothing_listens_and_nothing_answers()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        await using var silent = await new RunningServer(models.Path, ("Telemetry:Prometheus", "false")).SettledAsync();

        await RunningServer.ProblemAsync(await silent.Client.GetAsync("/metrics"), HttpStatusCode.NotFound);

        Assert.Null(silent.Services.GetService<MeterProvider>());
    }

    [Fact]
    public async Task Only_get_is_answered() =>
        await RunningServer.ProblemAsync(await client.PostAsync("/metrics", null), HttpStatusCode.MethodNotAllowed);

    /// <summary>All series, but the runtime's count of exceptions, which has one for each type.</summary>
    private async Task<List<string>> SeriesAsync()
    {
        return [.. (await Scrape.AtRestAsync(client)).Series.Where(series => !series.StartsWith("dotnet_exceptions", StringComparison.Ordinal))];
    }

    private Task AskAtRandomAsync(int requests) => Parallel.ForAsync(0, requests, async (number, _) =>
    {
        string name = $"zyxwvut-{Guid.NewGuid():N}";
        string model = number % 2 == 0 ? name : "tiny-en-de";
        using var request = number % 5 == 0
            ? new HttpRequestMessage(HttpMethod.Get, $"/v1/models/{name}")
            : new(HttpMethod.Post, "/v1/translate") { Content = RunningServer.Json($$"""{ "text": "abc", "maxLength": 3, "model": "{{model}}" }""") };
        request.Headers.Add("X-Api-Key", name);
        request.Headers.UserAgent.ParseAdd(name);
        (await client.SendAsync(request, CancellationToken.None)).Dispose();
    });

    /// <summary>The number that a query gives, once it is as large as expected.</summary>
    private static async Task<double> AnswerAsync(string query, double expected)
    {
        using var asking = new HttpClient();
        double found = double.NaN;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(60) && !(found >= expected); await Task.Delay(100))
        {
            try
            {
                var result = JsonDocument.Parse(await asking.GetStringAsync(query)).RootElement.GetProperty("data").GetProperty("result");
                if (result.GetArrayLength() > 0)
                    found = double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet, or is reading its files.
            }
        }

        return found;
    }
}
