using System.Text.Json;
using System.Text.RegularExpressions;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Documentation;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>The files of deploy/prometheus and deploy/grafana against Prometheus' own tools and a running server.</summary>
[Collection(nameof(MeasuredServer))]
public sealed partial class DeployTests(MeasuredServer server)
{
    private const string Alerts = "deploy/prometheus/alerts.yml", Dashboard = "deploy/grafana/dashboard.json", Page = "deploy/README.md";

    private static readonly string Folder = TestData.InRepository("deploy", "prometheus");

    [Theory]
    [InlineData("prometheus.yml", "check", "config")]
    [InlineData("alerts.yml", "check", "rules")]
    [InlineData("alerts.test.yml", "test", "rules")]
    public Task Promtool_accepts_the_configurations_the_alerts_and_their_tests(string file, params string[] command) =>
        AcceptedAsync([.. command, Path.Combine(Folder, file)]);

    // Debian's Prometheus does not know how to find pods, and the key is not here: the rest of the configuration is checked.
    [Fact]
    public async Task Promtool_accepts_the_configuration_for_a_cluster()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "kubernetes.yml");
        string configuration = await File.ReadAllTextAsync(Path.Combine(Folder, "kubernetes.yml"));
        string found = "kubernetes_sd_configs:\n      - role: pod\n        namespaces: { names: [rnnserve] }";
        Assert.Contains(found, configuration, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, configuration.Replace(found, "static_configs: [{ targets: [pod] }]", StringComparison.Ordinal));

        await AcceptedAsync("check", "config", "--syntax-only", file);
    }

    [Fact]
    public async Task Prometheus_understands_every_query_of_the_dashboard()
    {
        using var folder = new TemporaryFolder();
        string rules = Path.Combine(folder.Path, "rules.yml");
        var queries = Queries().Select(query => query.Replace("$__rate_interval", "5m", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(
            rules,
            ["groups:", "  - name: dashboard", "    rules:", .. queries.Select((query, i) => $"      - {{ record: q{i}, expr: {JsonSerializer.Serialize(query)} }}")]);

        await AcceptedAsync("check", "rules", rules);
    }

    private static async Task AcceptedAsync(params string[] command)
    {
        PrometheusTools.SkipUnlessInstalled();

        var (exitCode, output) = await PrometheusTools.PromtoolAsync("", command);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Every_query_names_metrics_that_the_server_has()
    {
        var names = (await Scrape.OfAsync(server.Client)).Names;
        var queries = Queries();
        var asked = queries.SelectMany(query => Metric().Matches(Labels().Replace(query, "")).Select(match => match.Value)).ToHashSet();

        Assert.InRange(queries.Count, 20, 100);
        Assert.InRange(asked.Count, 15, 60);
        Assert.Empty(asked.Except(names).Except(["up"]));
    }

    [Fact]
    public void Every_metric_of_the_engine_is_on_the_dashboard()
    {
        string dashboard = ReadmeText.Read(Dashboard);

        Assert.All(
            (string[])[
                "requests_total", "request_duration_seconds", "requests_abandoned_total", "queue_depth", "queue_wait_seconds", "rows_live",
                "batch_rows", "batch_limit", "batch_positions_total", "batch_padding_total", "step_duration_seconds",
                "time_to_first_token_seconds", "tokens_source_total", "tokens_target_total", "image_cache_hits_total",
                "image_cache_misses_total", "image_cache_size_bytes", "image_decode_duration_seconds", "model_ready",
            ],
            name => Assert.Contains($"rnnserve_{name}", dashboard, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_says_of_every_alert_and_every_panel_what_it_means()
    {
        string page = ReadmeText.Read(Page);
        var alerts = Alert().Matches(ReadmeText.Read(Alerts)).Select(match => match.Groups[1].Value).ToList();
        var titles = Panels().Select(panel => panel.GetProperty("title").GetString()).ToList();

        Assert.InRange(alerts.Count, 5, 30);
        Assert.All(alerts, alert => Assert.Contains($"| `{alert}` |", page, StringComparison.Ordinal));
        Assert.All(titles, title => Assert.Contains($"| {title} |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_has_a_test_in_which_it_fires()
    {
        string tests = ReadmeText.Read("deploy/prometheus/alerts.test.yml");

        Assert.All(
            Alert().Matches(ReadmeText.Read(Alerts)).Select(match => match.Groups[1].Value),
            alert => Assert.Matches($@"alertname: {alert}\b(?:(?!alertname:)[\s\S])*?exp_alerts:\s*\n\s*- exp_labels", tests));
    }

    private static List<string> Queries() =>
    [
        .. Panels().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!),
        .. Expression().Matches(ReadmeText.Read(Alerts)).Select(match => match.Groups[1].Value),
    ];

    private static JsonElement.ArrayEnumerator Panels() =>
        JsonDocument.Parse(ReadmeText.Read(Dashboard)).RootElement.GetProperty("panels").EnumerateArray();

    /// <summary>Names that are none of metrics.</summary>
    [GeneratedRegex(@"\b(by|on|without) *\([^)]*\)|\{[^}]*\}")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\b(?:[a-z]+_\w+)\b(?! *\()|\bup\b")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^ *- alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Alert();

    [GeneratedRegex(@"^ *expr: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Expression();
}
