using System.Text;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Classify;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>A server as a process of its own, with a tiny model of each kind: in one process with others it would see their meters too.
/// Every metric has been measured once.</summary>
[CollectionDefinition(nameof(MeasuredServer))]
public sealed class MeasuredServer : IAsyncLifetime, ICollectionFixture<MeasuredServer>
{
    private readonly ModelFolder models = new();
    private ServerProcess process = null!;

    internal HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        AddModels(models);
        process = new ServerProcess("--Models:Folder", models.Path);
        Client = new HttpClient();
        Client.BaseAddress = await process.ListeningAsync();
        await ServerProcess.ReadyAsync(Client);
        await AskEachAsync(Client);
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        process.Dispose();
        models.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static void AddModels(ModelFolder models)
    {
        models.Add("tiny-en-de", "en", "de");
        models.AddCaptioner("tiny-photos");
        TinyClassifyBundle.Create(models.Path, "tiny-colours");
    }

    /// <summary>One request for each model.</summary>
    internal static async Task AskEachAsync(HttpClient client)
    {
        await RunningServer.OkAsync(await PostAsync(client, "/v1/translate", """{ "text": "Abc cab.", "model": "tiny-en-de" }"""));
        await RunningServer.OkAsync(await PostAsync(client, "/v1/classify", """{ "text": "abc", "model": "tiny-colours" }"""));
        using var image = new ByteArrayContent(TinyCaptionBundle.Image(1));
        image.Headers.ContentType = new("image/jpeg");
        await RunningServer.OkAsync(await client.PostAsync("/v1/caption?model=tiny-photos", image));
    }

    internal static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string json) =>
        client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));
}
