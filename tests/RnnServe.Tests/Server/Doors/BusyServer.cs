using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;
using RnnServe.Server.Catalog;

namespace RnnServe.Tests.Server.Doors;

/// <summary>A server whose only worker stands still and whose queue is full until this is disposed: it refuses every text.</summary>
internal sealed class BusyServer : IAsyncDisposable
{
    private const int Places = 2;

    private readonly ModelFolder models = new();
    private readonly ManualResetEventSlim goOn = new();
    private readonly List<Task> held = [];

    private BusyServer(ReadOnlySpan<(string Key, string Value)> settings)
    {
        models.Add("tiny-en-de", "en", "de");
        Server = new RunningServer(
            models.Path,
            [
                .. OpenDoors.Settings,
                ("Batching:Workers", "1"),
                ("Batching:MaxRows", "1"),
                ("Batching:MaxQueued", $"{Places}"),
                ("Limits:RetryAfterSeconds", "7"),
                .. settings,
            ]);
    }

    public RunningServer Server { get; }

    /// <summary>The only model.</summary>
    public Translator Translator { get; private set; } = null!;

    /// <param name="settings">Configuration beside that of open doors.</param>
    public static async Task<BusyServer> StartAsync(params (string Key, string Value)[] settings)
    {
        var busy = new BusyServer(settings);
        await busy.Server.SettledAsync();
        var entry = busy.Server.Services.GetRequiredService<ModelCatalog>().Entries.Single();
        var translator = busy.Translator = (Translator)entry.Handle!.Model;
        await busy.HoldWorkerAsync(translator);
        for (int place = 0; place < Places; place++)
            busy.held.Add(translator.TranslateAsync([OpenDoors.Text], new SearchOptions(), CancellationToken.None));
        Assert.True(SpinWait.SpinUntil(() => translator.Queued == Places, TimeSpan.FromSeconds(30)));
        return busy;
    }

    /// <summary>Lets the worker work.</summary>
    public void GoOn() => goOn.Set();

    public async ValueTask DisposeAsync()
    {
        GoOn();
        await Task.WhenAll(held);
        await Server.DisposeAsync();
        models.Dispose();
        goOn.Dispose();
    }

    /// <summary>Pieces of a translation are told on the worker's thread, which waits there.</summary>
    private async Task HoldWorkerAsync(Translator translator)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var translation = Task.Run(() => translator.TranslateAsync(
            OpenDoors.Text,
            new SearchOptions { BeamSize = 1 },
            _ =>
            {
                told.TrySetResult();
                goOn.Wait();
            },
            CancellationToken.None));
        held.Add(translation);
        Assert.Same(told.Task, await Task.WhenAny(told.Task, translation));
    }
}
