using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Client;
using RnnServe.Tests.Classify;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Client;

/// <summary>A server with a tiny model of each kind, and a client of it, for tests that change nothing.</summary>
public sealed class ClientServer : IAsyncLifetime
{
    private readonly ModelFolder models = new();
    private ClientOf client = null!;

    internal RunningServer Server { get; private set; } = null!;

    internal RnnServeClient Client => client.Client;

    public async ValueTask InitializeAsync()
    {
        models.Add("tiny-en-de", "en", "de");
        models.AddCaptioner("tiny-photos");
        TinyClassifyBundle.Create(models.Path, "tiny-labels");
        Server = await new RunningServer(models.Path).SettledAsync();
        client = new ClientOf(Server.Url);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Server.DisposeAsync();
        models.Dispose();
    }
}

/// <summary>A client as a program gets it from its services.</summary>
internal sealed class ClientOf : IDisposable
{
    private readonly ServiceProvider services;

    /// <param name="server">Address of the server.</param>
    /// <param name="set">Sets options.</param>
    /// <param name="add">Adds services, or handlers to the client's HTTP.</param>
    public ClientOf(Uri server, Action<RnnServeClientOptions>? set = null, Action<IHttpClientBuilder>? add = null)
    {
        var collection = new ServiceCollection();
        var http = collection.AddRnnServeClient(options =>
        {
            options.Address = server;
            set?.Invoke(options);
        });
        add?.Invoke(http);
        services = collection.BuildServiceProvider();
        Client = services.GetRequiredService<RnnServeClient>();
    }

    public RnnServeClient Client { get; }

    public void Dispose() => services.Dispose();
}

internal static class SameJson
{
    /// <summary>Checks that nothing of a server's answer was lost.</summary>
    public static void Check<T>(JsonElement sent, T read, JsonTypeInfo<T> type)
    {
        var again = JsonSerializer.SerializeToElement(read, type);
        Assert.True(JsonElement.DeepEquals(sent, again), $"sent: {sent}\nread: {again}");
    }
}
