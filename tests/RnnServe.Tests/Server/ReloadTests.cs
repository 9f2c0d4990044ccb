using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Kinds;
using RnnServe.Server.Catalog;

namespace RnnServe.Tests.Server;

/// <summary>Models that are replaced and unloaded over HTTP while they answer.</summary>
public sealed class ReloadTests : IDisposable
{
    private const int Callers = 6;
    private readonly ModelFolder models = new();

    public ReloadTests() => models.Add("tiny", "en", "de");

    public void Dispose() => models.Dispose();

    private string Folder => Path.Combine(models.Path, "tiny");

    [Fact]
    public Task Two_versions_take_turns_under_load_and_each_answer_is_of_one_of_them() => TakeTurnsAsync(8);

    [Fact, Trait("Category", "Long")]
    public Task Two_versions_take_turns_a_hundred_times_under_load()
    {
        Skip.UnlessLong();
        return TakeTurnsAsync(100);
    }

    private async Task TakeTurnsAsync(int reloads)
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var model = ServedModel.Of(server);
        string second = models.Add("tiny", "en", "de", version: 2).Path, parked = Path.Combine(models.Path, ".parked");
        var texts = new Dictionary<string, string> { ["1"] = (await model.AnswerAsync()).Texts };
        await RunningServer.OkAsync(await model.ReloadAsync());
        texts["2"] = (await model.AnswerAsync()).Texts;
        Assert.NotEqual(texts["1"], texts["2"]);
        using var stop = new CancellationTokenSource();
        var answered = new int[Callers];
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; answered[caller]++)
            {
                var (version, said) = await model.AnswerAsync();
                Assert.Equal(texts[version], said);
            }
        })), Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                Assert.True(await model.IsReadyAsync());
        })];

        for (int reload = 0; reload < reloads; reload++)
        {
            var (from, to, wanted) = reload % 2 == 0 ? (second, parked, "1") : (parked, second, "2");
            Directory.Move(from, to);
            var state = await RunningServer.OkAsync(await model.ReloadAsync());
            Assert.Equal((wanted, "ready"), (state.GetProperty("version").GetString(), state.GetProperty("state").GetString()));
            Assert.Equal(wanted, (await model.AnswerAsync()).Version);
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.All(answered, count => Assert.True(count > reloads));
    }

    [Fact]
    public async Task A_newest_version_that_is_broken_is_refused_and_the_one_before_goes_on()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var model = ServedModel.Of(server);
        var before = await model.AnswerAsync();
        models.Add("tiny", "en", "de", version: 2).Change("decoder.onnx", bytes => bytes[^1] ^= 1);

        var first = await RunningServer.ProblemAsync(await model.ReloadAsync(), HttpStatusCode.Conflict);
        await RunningServer.ProblemAsync(await model.ReloadAsync(), HttpStatusCode.Conflict);

        Assert.Contains("version 1 goes on answering. Version 2: decoder.onnx", first.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("Version 2: decoder.onnx", await model.ReasonAsync(), StringComparison.Ordinal);
        Assert.Equal(before, await model.AnswerAsync());
        Assert.True(await model.IsReadyAsync());
        Assert.Single(server.Logs, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_version_on_trial_leaves_the_rest_to_the_one_before_though_its_files_are_gone_or_damaged(bool gone)
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var model = ServedModel.Of(server);
        models.Add("tiny", "en", "de", version: 2);
        if (gone)
            Directory.Delete(Path.Combine(Folder, "1"), recursive: true);
        else
            await File.WriteAllTextAsync(Path.Combine(Folder, "1", "model.json"), "{");

        var state = await RunningServer.OkAsync(await model.ReloadAsync("?canary=10"));

        Assert.Equal(("1", "2"), (state.GetProperty("version").GetString(), state.GetProperty("canary").GetProperty("version").GetString()));
        Assert.Contains(gone ? "Its folder is gone" : "model.json", state.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_still_uses_a_version_keeps_no_other_from_coming()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var model = ServedModel.Of(server);
        var catalog = server.Services.GetRequiredService<ModelCatalog>();
        var held = catalog.Find("tiny")!.Handle!.TryLease()!;
        models.Add("tiny", "en", "de", version: 2);
        var waiting = model.ReloadAsync();
        await model.UntilAsync(state => state.GetProperty("version").GetString() == "2");
        models.Add("tiny", "en", "de", version: 3);

        var third = await RunningServer.OkAsync(await model.ReloadAsync());

        Assert.Equal("3", third.GetProperty("version").GetString());
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        await RunningServer.OkAsync(await waiting);
    }

    [Theory]
    [InlineData("nobody"), InlineData("..%2Ftiny"), InlineData("tiny%2F1"), InlineData(".hidden")]
    public async Task A_name_that_no_folder_has_is_not_found(string name)
    {
        models.Add("hidden", "en", "de");
        Directory.Move(Path.Combine(models.Path, "hidden"), Path.Combine(models.Path, ".hidden"));
        await using var server = await new RunningServer(models.Path).SettledAsync();

        foreach (string change in (string[])["reload", "unload"])
            await RunningServer.ProblemAsync(await server.Client.PostAsync($"/v1/models/{name}/{change}", null), HttpStatusCode.NotFound);
    }

    [Theory, InlineData("-1"), InlineData("100"), InlineData("many"), InlineData("")]
    public async Task A_share_outside_its_range_is_refused_with_the_range(string share)
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();

        var problem = await RunningServer.ProblemAsync(
            await ServedModel.Of(server).ReloadAsync($"?canary={share}"), HttpStatusCode.BadRequest);

        Assert.Contains($"'{share}'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("from 0 to 99", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_came_after_the_start_is_loaded_by_a_reload_and_a_bad_one_leaves_the_server_ready()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        models.Add("good", "en", "fr");
        models.Add("bad", "en", "fr").Change("decoder.onnx", bytes => bytes[^1] ^= 1);

        var good = await RunningServer.OkAsync(await server.Client.PostAsync("/v1/models/good/reload", null));
        await RunningServer.ProblemAsync(await server.Client.PostAsync("/v1/models/bad/reload", null), HttpStatusCode.Conflict);

        Assert.Equal("ready", good.GetProperty("state").GetString());
        await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "a", "model": "good" }"""));
        var bad = await RunningServer.OkAsync(await server.Client.GetAsync("/v1/models/bad"));
        Assert.Equal("failed", bad.GetProperty("state").GetString());
        Assert.True(await ServedModel.Of(server).IsReadyAsync());
    }

    [Fact]
    public async Task An_unloaded_model_ends_its_requests_gives_its_memory_back_and_comes_back_by_a_reload()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var (model, catalog) = (ServedModel.Of(server), server.Services.GetRequiredService<ModelCatalog>());
        ModelHandle[] loaded = [catalog.Find("tiny")!.Handle!];
        using var held = loaded[0].TryLease();
        var unloading = model.UnloadAsync();
        await model.UntilAsync(state => state.GetProperty("state").GetString() == "unloaded");

        var refused = await RunningServer.ProblemAsync(await model.AskAsync(), HttpStatusCode.NotFound);
        var unnamed = await RunningServer.ProblemAsync(await model.AskAsync("""{ "text": "a" }"""), HttpStatusCode.NotFound);
        Assert.False(unloading.IsCompleted);
        Assert.False(loaded[0].RetireAsync().IsCompleted);
        held!.Dispose();
        var state = await RunningServer.OkAsync(await unloading);

        Assert.True(loaded[0].RetireAsync().IsCompletedSuccessfully);
        Assert.Equal("unloaded", state.GetProperty("state").GetString());
        Assert.Contains("'tiny' is unloaded", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("there is none", unnamed.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True(await model.IsReadyAsync());
        await RunningServer.OkAsync(await model.UnloadAsync());
        foreach (var reloaded in await Task.WhenAll(model.ReloadAsync(), model.ReloadAsync()))
            await RunningServer.OkAsync(reloaded);
        Assert.Equal("1", (await model.AnswerAsync()).Version);
    }

    [Fact]
    public async Task Files_that_are_overwritten_cut_short_or_deleted_do_not_hurt_the_model_that_came_from_them()
    {
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var model = ServedModel.Of(server);
        var before = await model.AnswerAsync();

        foreach (string file in Directory.GetFiles(Path.Combine(Folder, "1")))
            await File.WriteAllTextAsync(file, "{");
        var conflict = await RunningServer.ProblemAsync(await model.ReloadAsync(), HttpStatusCode.Conflict);
        Assert.Equal(before, await model.AnswerAsync());
        Directory.Delete(Folder, recursive: true);
        var gone = await RunningServer.ProblemAsync(await model.ReloadAsync(), HttpStatusCode.NotFound);

        Assert.Equal(before, await model.AnswerAsync());
        Assert.Contains("model.json", conflict.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("version 1, which is loaded, goes on answering", gone.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True(await model.IsReadyAsync());
    }
}
