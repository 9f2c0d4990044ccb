using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Server.Catalog;
using RnnServe.Tests.Server.Telemetry;

namespace RnnServe.Tests.Server;

/// <summary>Two versions of a model that share its requests.</summary>
public sealed partial class CanaryShareTests : IDisposable
{
    private readonly ModelFolder models = new();

    public CanaryShareTests()
    {
        models.Add("tiny", "en", "de");
        models.Add("tiny", "en", "de", version: 2);
    }

    public void Dispose() => models.Dispose();

    [Fact]
    public async Task Of_a_thousand_requests_the_newest_version_answers_exactly_its_share()
    {
        await using var server = await new RunningServer(models.Path, ("Models:Canary:tiny", "10")).SettledAsync();
        var model = ServedModel.Of(server);
        var answers = new ConcurrentBag<(string Version, string Texts)>();

        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
            answers.Add(await model.AnswerAsync()));

        var counts = answers.CountBy(answer => answer.Version).ToDictionary();
        Assert.Equal((900, 100), (counts["1"], counts["2"]));
        Assert.Equal(2, answers.Distinct().Count());
        var state = await model.StateAsync();
        Assert.Equal("1", state.GetProperty("version").GetString());
        Assert.Equal("2", state.GetProperty("canary").GetProperty("version").GetString());
        Assert.Equal(10, state.GetProperty("canary").GetProperty("percent").GetInt32());
    }

    [Fact]
    public async Task The_queues_of_both_versions_are_measured_and_none_of_a_model_that_is_unloaded()
    {
        await using var server = await new RunningServer(models.Path, ("Models:Canary:tiny", "10")).SettledAsync();

        string shared = (await Scrape.OfAsync(server.Client)).Text;
        await RunningServer.OkAsync(await ServedModel.Of(server).UnloadAsync());
        // What was scraped a moment ago is told again.
        await Waiting.UntilAsync(async () => !Series().IsMatch((await Scrape.OfAsync(server.Client)).Text));

        Assert.Equal(["queue_depth", "queue_depth", "model_ready"], Series().Matches(shared).Select(match => match.Groups[1].Value).OrderDescending());
    }

    [GeneratedRegex("rnnserve_(queue_depth|model_ready){")]
    private static partial Regex Series();

    [Fact]
    public async Task A_reload_starts_and_ends_a_trial_and_a_new_version_moves_up()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var (model, catalog) = (ServedModel.Of(server), server.Services.GetRequiredService<ModelCatalog>());
        Assert.Equal("2", (await model.AnswerAsync()).Version);

        var trial = await RunningServer.OkAsync(await model.ReloadAsync("?canary=50"));
        string[] shared = [(await model.AnswerAsync()).Version, (await model.AnswerAsync()).Version];
        models.Add("tiny", "en", "de", version: 3);
        var next = await RunningServer.OkAsync(await model.ReloadAsync());
        var two = catalog.Find("tiny")!.Handle!;
        var promoted = await RunningServer.OkAsync(await model.ReloadAsync("?canary=0"));

        Assert.Equal(["1", "2"], shared);
        Assert.Equal(("1", "2"), (Version(trial), Version(trial.GetProperty("canary"))));
        Assert.Equal(("2", "3"), (Version(next), Version(next.GetProperty("canary"))));
        Assert.Equal("3", Version(promoted));
        Assert.False(promoted.TryGetProperty("canary", out _));
        Assert.True(two.RetireAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_version_for_other_languages_gets_no_share()
    {
        models.Add("tiny", "en", "fr", version: 3);
        await using var server = await new RunningServer(models.Path, ("Models:Canary:tiny", "10")).SettledAsync();

        var state = await ServedModel.Of(server).StateAsync();

        Assert.Equal("3", Version(state));
        Assert.False(state.TryGetProperty("canary", out _));
        Assert.Contains("Version 2: It is for en → de", state.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory, InlineData(1), InlineData(10), InlineData(33), InlineData(99)]
    public void Any_hundred_requests_in_a_row_have_the_share(int percent)
    {
        var canary = new CanaryVersion(new(1, null!), percent);

        int[] taken = [.. Enumerable.Range(0, 1000).Select(_ => canary.TakesNext() ? 1 : 0)];

        Assert.All(Enumerable.Range(0, 901), start => Assert.Equal(percent, taken.Skip(start).Take(100).Sum()));
    }

    private static string? Version(System.Text.Json.JsonElement state) => state.GetProperty("version").GetString();
}
