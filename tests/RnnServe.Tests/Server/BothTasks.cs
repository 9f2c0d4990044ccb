namespace RnnServe.Tests.Server;

/// <summary>A server with the tiny models "tiny-photos" (image → en) and "tiny-en-de", for tests that change nothing.</summary>
public sealed class BothTasks : IAsyncLifetime, IDisposable
{
    private readonly ModelFolder models = new();

    internal RunningServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        models.AddCaptioner("tiny-photos");
        models.Add("tiny-en-de", "en", "de");
        Server = await new RunningServer(models.Path).SettledAsync();
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public void Dispose() => models.Dispose();
}
