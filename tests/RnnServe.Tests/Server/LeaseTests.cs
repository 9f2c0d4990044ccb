using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Server.Catalog;
using RnnServe.Server.Kinds.Translate;

namespace RnnServe.Tests.Server;

public class LeaseTests
{
    private const int Swaps = 100, Callers = 6;

    [Fact]
    public async Task A_model_can_be_replaced_a_hundred_times_under_load_and_no_request_fails()
    {
        using var models = new ModelFolder();
        string folder = models.Add("tiny", "en", "de").Path;
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var catalog = server.Services.GetRequiredService<ModelCatalog>();
        var pool = server.Services.GetRequiredService<WorkerPool>();
        using var stop = new CancellationTokenSource();
        int answered = 0;
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var response = await server.TranslateAsync("""{ "text": ["a bad cab.", "abc"], "model": "tiny" }""");
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Interlocked.Increment(ref answered);
            }
        }))];

        for (int swap = 0; swap < Swaps; swap++)
        {
            var next = await KindLoader.LoadAsync(folder, pool);
            var retired = catalog.Set(new("tiny") { Version = 1, State = ModelState.Ready, Handle = new(next), Kind = TranslateKind.Model });
            await retired.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.True(answered >= Swaps);
    }

    [Fact]
    public async Task A_retired_model_is_disposed_when_its_last_lease_ends_and_gives_out_no_more()
    {
        using var models = new ModelFolder();
        string folder = models.Add("tiny", "en", "de").Path;
        await using var pool = new WorkerPool(new BatchingOptions { Workers = 1 });
        var handle = new ModelHandle(await KindLoader.LoadAsync(folder, pool));
        var lease = handle.TryLease()!;

        var retired = handle.RetireAsync();

        Assert.Null(handle.TryLease());
        Assert.False(retired.IsCompleted);
        var model = (Translator)lease.Model;
        Assert.Single(await model.TranslateAsync(["abc"], new SearchOptions(), CancellationToken.None));
        lease.Dispose();
        lease.Dispose();
        await retired.WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.TranslateAsync(["abc"], new SearchOptions(), CancellationToken.None));
        Assert.Same(retired, handle.RetireAsync());
    }
}
