using System.Text.Json;
using RnnServe.Tests.Server.Telemetry;

namespace RnnServe.Tests.Server;

/// <summary>What happens in the models folder while the server watches it.</summary>
public sealed class WatchTests : IDisposable
{
    private static readonly (string, string)[] Watching = [("Models:Watch", "true"), ("Models:WatchSeconds", "1")];

    private readonly ModelFolder models = new();
    private readonly BundleFolder first;

    public WatchTests() => first = models.Add("tiny", "en", "de");

    public void Dispose() => models.Dispose();

    [Fact]
    public async Task A_version_that_is_copied_slowly_answers_once_it_is_complete()
    {
        await using var server = await new RunningServer(models.Path, Watching).SettledAsync();
        var model = ServedModel.Of(server);
        string second = models.Add("tiny", "en", "de", version: 2).Path, parked = Path.Combine(models.Path, ".parked");
        Directory.Move(second, parked);
        Directory.CreateDirectory(second);
        File.Copy(Path.Combine(parked, "model.json"), Path.Combine(second, "model.json"));

        // Half of it rests, so that it is looked at, and refused.
        var half = await model.UntilAsync(state => state.TryGetProperty("reason", out _));
        var (version, _) = await model.AnswerAsync();
        foreach (string file in Directory.GetFiles(parked).Where(file => !file.EndsWith("model.json", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(second, Path.GetFileName(file)));
        var whole = await model.UntilAsync(state => Version(state) == "2");

        Assert.Contains("Version 2: ", half.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(("1", "1"), (Version(half), version));
        Assert.False(whole.TryGetProperty("reason", out _));
        Assert.Equal("2", (await model.AnswerAsync()).Version);
    }

    [Fact]
    public async Task A_damaged_or_deleted_folder_changes_nothing_for_what_answers_and_is_said_once()
    {
        await using var server = await new RunningServer(models.Path, Watching).SettledAsync();
        var model = ServedModel.Of(server);
        var before = await model.AnswerAsync();

        first.Change("decoder.onnx", bytes => bytes[^1] ^= 1);
        var damaged = await model.UntilAsync(state => Has(state, "decoder.onnx"));
        Assert.Equal(before, await model.AnswerAsync());
        await File.WriteAllTextAsync(first.File("README.md"), "Another change, the same fault.");

        // Longer than it takes to be looked at twice.
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        first.Change("decoder.onnx", bytes => bytes[^1] ^= 1);
        await model.UntilAsync(state => !state.TryGetProperty("reason", out _));
        Directory.Delete(Path.Combine(models.Path, "tiny"), recursive: true);
        var gone = await model.UntilAsync(state => Has(state, "is gone"));

        Assert.Equal(before, await model.AnswerAsync());
        Assert.Equal(("ready", "ready"), (damaged.GetProperty("state").GetString(), gone.GetProperty("state").GetString()));
        Assert.True(await model.IsReadyAsync());
        Assert.Single(server.Logs, line => line.Contains("goes on answering, but not from its folder: decoder.onnx", StringComparison.Ordinal));
        Assert.Single(server.Logs, line => line.Contains("goes on answering, but not from its folder: Its folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_model_is_loaded_a_bad_one_leaves_the_server_ready_and_an_unloaded_one_stays_so()
    {
        await using var server = await new RunningServer(models.Path, Watching).SettledAsync();
        var model = ServedModel.Of(server);
        await RunningServer.OkAsync(await model.UnloadAsync());
        models.Add("tiny", "en", "de", version: 2);
        Directory.CreateDirectory(Path.Combine(models.Path, "empty"));
        models.Add("late", "en", "fr");

        await UntilAsync(server, "late", "ready");
        await UntilAsync(server, "empty", "failed");
        Assert.True(await model.IsReadyAsync());
        Directory.Delete(Path.Combine(models.Path, "empty"));
        await UntilAsync(server, "empty", "absent");

        Assert.Equal("unloaded", (await model.StateAsync()).GetProperty("state").GetString());
        Assert.Equal("ready", (await RunningServer.OkAsync(await model.ReloadAsync())).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_bad_model_does_not_make_a_server_without_any_ready()
    {
        using var empty = new ModelFolder();
        Directory.CreateDirectory(Path.Combine(empty.Path, "lost+found"));
        await using var server = await new RunningServer(empty.Path, Watching).SettledAsync();
        var model = ServedModel.Of(server);

        Assert.False(await model.IsReadyAsync());
        Assert.Contains("rnnserve_ready{} 0", (await Scrape.OfAsync(server.Client)).Text, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(empty.Path, "bad"));
        await UntilAsync(server, "bad", "failed");
        Assert.False(await model.IsReadyAsync());
        empty.Add("tiny", "en", "de");
        await UntilAsync(server, "tiny", "ready");

        Assert.True(await model.IsReadyAsync());
        await UntilAsync(server, "lost+found", "absent");
    }

    private static async Task UntilAsync(RunningServer server, string name, string state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await StateAsync() != state)
            await Task.Delay(50, patience.Token);

        async Task<string?> StateAsync()
        {
            var response = await server.Client.GetAsync($"/v1/models/{name}", patience.Token);
            return response.IsSuccessStatusCode ? (await RunningServer.OkAsync(response)).GetProperty("state").GetString() : "absent";
        }
    }

    private static string? Version(JsonElement state) => state.GetProperty("version").GetString();

    private static bool Has(JsonElement state, string part) =>
        state.TryGetProperty("reason", out var reason) && reason.GetString()!.Contains(part, StringComparison.Ordinal);
}
