namespace RnnServe.Tests.Server;

/// <summary>A server with the tiny models "tiny-photos" (image → en) and "tiny-en-de", for tests that change nothing.</summary>
public sealed class BothTasks : IAsyncLifetime
{
    private readonly ModelFolder models = new();

    internal RunningServer Server { get; private set; } = null!;

    internal string Models => models.Path;

    public async ValueTask InitializeAsync()
    {
        models.AddCaptioner("tiny-photos");
        models.Add("tiny-en-de", "en", "de");
        Server = await new RunningServer(models.Path).SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        models.Dispose();
    }
}
