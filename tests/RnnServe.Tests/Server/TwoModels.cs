namespace RnnServe.Tests.Server;

/// <summary>A server with two tiny models, "tiny-en-de" and "tiny-de-en", for tests that change nothing.</summary>
public sealed class TwoModels : IAsyncLifetime
{
    private readonly ModelFolder models = new();

    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        models.Add("tiny-en-de", "en", "de");
        models.Add("tiny-de-en", "de", "en");
        Server = await new RunningServer(models.Path).SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        models.Dispose();
    }
}
