using System.Text.Json;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Fuzz;

/// <summary>Bundles with changed manifests, tokenizers and graphs: each is refused with a reason or serves, and a good one beside them
/// serves.</summary>
public sealed class BundleFuzzTests
{
    private const int Together = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact, Trait("Category", "Long")]
    public async Task A_bundle_is_refused_with_a_reason_or_serves()
    {
        int refused = 0;
        for (int series = 0; series < (Skip.LongTestsAreWanted ? 40 : 1); series++)
            refused += await CheckAsync(series);

        Assert.True(refused > 0);
    }

    /// <returns>How many were refused.</returns>
    private static async Task<int> CheckAsync(int series)
    {
        using var models = new ModelFolder();
        models.Add("good", "en", "de");
        for (int i = 0; i < Together; i++)
            Break(models.Add($"changed-{i}", "fr", "de"), new Random((series * Together) + i));
        using var process = new ServerProcess("--Models:Folder", models.Path);
        using var client = new HttpClient { BaseAddress = await process.ListeningAsync(), Timeout = Patience };

        var states = await SettledAsync(client);

        Assert.Equal(Together + 1, states.Count);
        Assert.Equal("ready", states.Single(s => s.Name == "good").State);
        Assert.All(states, s => Assert.True(s.State == "ready" || s.Reason is { Length: > 10 }, $"series {series}, {s}"));
        foreach (var (name, _, _) in states.Where(s => s.State == "ready"))
        {
            using var body = RunningServer.Json($$"""{ "text": "A cab.", "model": "{{name}}" }""");
            await RunningServer.OkAsync(await client.PostAsync("/v1/translate", body));
        }

        process.Terminate();
        var (exit, lines) = await process.ExitAsync();
        Assert.Equal(0, exit);
        Assert.DoesNotContain(lines, line => line.Contains("   at ", StringComparison.Ordinal));
        return states.Count(s => s.State == "failed");
    }

    private static async Task<List<(string Name, string State, string? Reason)>> SettledAsync(HttpClient client)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var all = JsonDocument.Parse(await client.GetStringAsync("/v1/models", patience.Token)).RootElement.GetProperty("models");
            var states = all.EnumerateArray().Select(m => (
                m.GetProperty("name").GetString()!,
                m.GetProperty("state").GetString()!,
                m.TryGetProperty("reason", out var reason) ? reason.GetString() : null)).ToList();
            if (states.Count > 0 && states.TrueForAll(s => s.Item2 != "loading"))
                return states;
            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>Changes one of its files; hashes are made right again, since what has a wrong one is not looked at.</summary>
    private static void Break(BundleFolder bundle, Random random)
    {
        var mutator = new Mutator(random);
        string name = mutator.Of(["model.json", "tokenizer.json", "encoder.onnx", "decoder.onnx"]);
        byte[] before = File.ReadAllBytes(bundle.File(name));
        switch (name)
        {
            case "model.json":
                File.WriteAllBytes(bundle.File(name), mutator.Json(File.ReadAllText(bundle.File(name))));
                break;
            case "tokenizer.json":
                bundle.Replace(name, mutator.Json(File.ReadAllText(bundle.File(name))));
                break;
            default:
                bundle.Replace(name, mutator.Bytes(before));
                break;
        }
    }
}
