using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Server.Catalog;
using RnnServe.Tests.Server.Doors;
using RnnServe.Tests.Server.Keys;

namespace RnnServe.Tests.Server;

/// <summary>Work that is wanted less soon, over HTTP.</summary>
public sealed class PriorityTests : IDisposable
{
    private readonly ModelFolder models = new();

    public PriorityTests() => models.Add("tiny", "en", "de");

    public void Dispose() => models.Dispose();

    [Fact]
    public async Task Interactive_requests_pass_bulk_that_came_before()
    {
        await using var server = await new RunningServer(models.Path, ("Batching:Workers", "1")).SettledAsync();
        using var leaving = new CancellationTokenSource();
        using var request = Bulk(texts: 8);
        var bulk = server.Client.SendAsync(request, leaving.Token);
        var translator = (Translator)server.Services.GetRequiredService<ModelCatalog>().Entries.Single().Handle!.Model;
        await Waiting.UntilAsync(() => translator.Queued > 0);

        for (int i = 0; i < 5; i++)
            await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "Abc." }"""));

        Assert.False(bulk.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bulk);
    }

    [Fact]
    public async Task Bulk_that_would_take_more_than_half_of_the_places_is_refused()
    {
        await using var server = await new RunningServer(models.Path, ("Batching:MaxQueued", "100")).SettledAsync();
        using var request = Bulk(texts: 51, sentences: 1);

        var problem = await RunningServer.ProblemAsync(await server.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge);

        Assert.Contains("51 sentences; the most is 50", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await RunningServer.OkAsync(await server.TranslateAsync(Requests.Slow(texts: 51, sentences: 1)));
    }

    [Fact]
    public async Task Keys_for_bulk_share_half_of_the_places_and_each_other_key_has_its_own()
    {
        using var keys = new KeyRing();
        string bulk = Key("bulk"), otherBulk = Key("bulk"), interactive = Key("interactive");
        string body = Requests.Slow(texts: 30, sentences: 1);
        await using var busy = await BusyServer.StartAsync(keys.Setting, ("Batching:MaxQueued", "100"));

        var waiting = busy.Server.Client.PostAsync(bulk, "/v1/translate", body);
        await Waiting.UntilAsync(() => busy.Translator.Queued > 30);
        var refused = await RunningServer.ProblemAsync(
            await busy.Server.Client.PostAsync(otherBulk, "/v1/translate", body), HttpStatusCode.TooManyRequests);
        var waitingToo = busy.Server.Client.PostAsync(interactive, "/v1/translate", body);
        await Waiting.UntilAsync(() => busy.Translator.Queued > 60);
        await RunningServer.ProblemAsync(
            await busy.Server.Client.PostAsync(interactive, "/v1/translate", body), HttpStatusCode.TooManyRequests);

        Assert.Contains("of yours, or of all bulk work,", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        busy.GoOn();
        await RunningServer.OkAsync(await waiting);
        await RunningServer.OkAsync(await waitingToo);

        string Key(string priority) => keys.Add(entry => entry with { Scopes = ["translate"], Priority = priority });
    }

    private static HttpRequestMessage Bulk(int texts, int sentences = 12)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json(Requests.Slow(texts, sentences));
        request.Headers.Add("Request-Priority", "bulk");
        return request;
    }
}
