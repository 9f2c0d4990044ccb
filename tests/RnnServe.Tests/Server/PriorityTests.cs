using System.Net;

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
        using var request = Bulk(texts: 100);
        var bulk = server.Client.SendAsync(request, leaving.Token);

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

    private static HttpRequestMessage Bulk(int texts, int sentences = 12)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json(Requests.Slow(texts, sentences));
        request.Headers.Add("Request-Priority", "bulk");
        return request;
    }
}
