using System.Diagnostics;

namespace RnnServe.Tests.Server;

/// <summary>What a process holds after many reloads of a shipped model under load.</summary>
public sealed class ReloadMemoryTests : IDisposable
{
    private const int Callers = 4, First = 60, Reloads = 100, Between = 20;
    private const string Shipped = "everyday-en-de";

    private static readonly string[] Texts = ["How are you?", "The train leaves at nine.", "I lost my keys yesterday.", "Thank you."];

    private readonly ModelFolder models = new();

    public void Dispose() => models.Dispose();

    [Fact, Trait("Category", "Long")]
    public async Task A_hundred_reloads_under_load_leave_the_memory_where_it_was()
    {
        Skip.UnlessLong();
        foreach (int version in (int[])[1, 2])
            Copy(version).ChangeManifest(manifest => (manifest["name"], manifest["description"]) = ("tiny", $"Copy {version}."));
        using var server = new ServerProcess("--Models:Folder", models.Path);
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);
        var (answers, clock) = (0, Stopwatch.StartNew());

        long started = await SettledAsync(server);

        // Until then methods are still compiled anew, and the collector finds the size of its heap.
        long[] memory = new long[(Reloads / Between) + 1];
        memory[0] = await ReloadAsync(0, First);
        for (int i = 1; i < memory.Length; i++)
            memory[i] = await ReloadAsync(First + ((i - 1) * Between), First + (i * Between));

        string measured = $"{answers} answers in {clock.Elapsed.TotalSeconds:F0} s; {started >> 20} MB at the start, after {First} reloads and "
            + $"each {Between} more {string.Join(", ", memory.Select(bytes => bytes >> 20))} MB";
        TestContext.Current.TestOutputHelper?.WriteLine(measured);

        // The heap is once larger and once smaller by some MB: means of a few tell a leak from that.
        Assert.True(memory[^3..].Average() <= memory[..3].Average() * 1.05, measured);

        async Task<long> ReloadAsync(int from, int to)
        {
            using var stop = new CancellationTokenSource();
            Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                for (int i = caller; !stop.IsCancellationRequested; i++)
                {
                    string body = $$"""{ "text": "{{Texts[i % Texts.Length]}}", "model": "tiny" }""";
                    await RunningServer.OkAsync(await client.PostAsync("/v1/translate", RunningServer.Json(body)));
                    Interlocked.Increment(ref answers);
                }
            }))];
            for (int reload = from; reload < to; reload++)
            {
                string folder = Path.Combine(models.Path, "tiny", "2"), parked = Path.Combine(models.Path, ".parked");
                bool away = reload % 2 == 0;
                Directory.Move(away ? folder : parked, away ? parked : folder);
                var state = await RunningServer.OkAsync(await new ServedModel(client).ReloadAsync());
                Assert.Equal(away ? "1" : "2", state.GetProperty("version").GetString());
            }

            await stop.CancelAsync();
            await Task.WhenAll(callers);
            return await SettledAsync(server);
        }
    }

    /// <summary>What is free goes back to the system when there has been nothing to do for ten seconds.</summary>
    private static async Task<long> SettledAsync(ServerProcess server)
    {
        await Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return server.Memory;
    }

    private BundleFolder Copy(int version)
    {
        string to = Directory.CreateDirectory(Path.Combine(models.Path, "tiny", $"{version}")).FullName;
        foreach (string file in Directory.GetFiles(TestData.Model(Shipped)))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return new(to);
    }
}
