using System.Net.Http.Headers;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Images;

namespace RnnServe.Tests.Fuzz;

/// <summary>Requests that nobody would write: each gets an answer that is documented. In the long tests there are many more.</summary>
public sealed class RequestFuzzTests
{
    private static readonly string[] Headers =
        ["Request-Timeout", "Request-Priority", "Accept", "Accept-Language", "X-Api-Key", "Content-Encoding"];

    private static readonly (string Route, string Body)[] Bodies =
    [
        ("/v1/translate", """{ "text": "A bad cab.", "source": "en", "target": "de", "beamSize": 3, "include": ["tokens", "timing"] }"""),
        ("/v1/translate", """{ "text": ["A cab.", "Abc."], "model": "tiny-en-de", "alternatives": 1, "lengthPenalty": 1.5, "maxLength": 20 }"""),
        ("/v1/translate", """
            { "text": "Abc.", "sampling": { "temperature": 0.7, "topK": 5, "topP": 0.9, "seed": 3 }, "include": ["attention"] }
            """),
        ("/v1/translate", """{ "text": "Abc cab.", "prefix": "A", "coveragePenalty": 0.2, "maxLength": 30 }"""),
        ("/v1/classify", """{ "text": ["red", "blue"], "model": "tiny-colours", "include": ["attention"] }"""),
    ];

    private static readonly (string Route, string Body)[] DoorBodies =
    [
        ("/v2/translate", """{ "text": ["A bad cab."], "source_lang": "EN", "target_lang": "DE" }"""),
        ("/translate", """{ "q": "A bad cab.", "source": "en", "target": "de", "format": "text", "alternatives": 1 }"""),
        ("/translate", """{ "q": ["A bad cab.", "Abc."], "source": "en", "target": "de" }"""),
        ("/models/tiny-en-de", """{ "inputs": "A bad cab.", "parameters": { "src_lang": "en", "tgt_lang": "de" } }"""),
        ("/v2/models/tiny-en-de/infer", """
            { "id": "1", "inputs": [{ "name": "text", "shape": [1], "datatype": "BYTES", "data": ["A bad cab."] }],
              "outputs": [{ "name": "translation" }] }
            """),
        ("/v2/repository/index", """{ "ready": true }"""),
    ];

    private static readonly Lazy<byte[][]> Photos = new(() =>
    {
        byte[] png = Pictures.Detailed(64, 48);
        return [png, Pictures.Save(png, "jpeg"), Pictures.Save(png, "jpeg", ("interlace", "true")), Pictures.Save(png, "webp"),
            Pictures.Save(png, "gif"), TinyCaptionBundle.Image(1)];
    });

    [Fact, Trait("Category", "Long")]
    public async Task Bodies_and_headers()
    {
        using var server = await FuzzedServer.StartAsync();
        await server.CheckAsync(
            Skip.LongTestsAreWanted ? 100_000 : 1000, random => Json(random, Bodies, stream: false), 400, 404, 413, 415, 429, 504);
    }

    [Fact, Trait("Category", "Long")]
    public async Task Doors_and_event_streams()
    {
        using var server = await FuzzedServer.StartAsync();
        await server.CheckAsync(
            Skip.LongTestsAreWanted ? 10_000 : 400,
            random => random.Next(2) == 0 ? Json(random, DoorBodies, stream: false) : Json(random, Bodies[..4], stream: true),
            400, 404, 405, 413, 415, 429, 504);
    }

    [Fact, Trait("Category", "Long")]
    public async Task Images()
    {
        using var server = await FuzzedServer.StartAsync();
        await server.CheckAsync(Skip.LongTestsAreWanted ? 20_000 : 300, Image, 400, 413, 415, 422, 429, 504);
    }

    private static HttpRequestMessage Json(Random random, (string Route, string Body)[] bodies, bool stream)
    {
        var mutator = new Mutator(random);
        var (route, body) = mutator.Of(bodies);
        var content = new ByteArrayContent(mutator.Json(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(random.Next(20) == 0 ? "text/plain" : "application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = content };
        if (stream)
            request.Headers.Accept.ParseAdd("text/event-stream");
        else if (random.Next(5) == 0 && mutator.Of(Headers) is { } name && !request.Headers.TryAddWithoutValidation(name, mutator.Header()))
            content.Headers.TryAddWithoutValidation(name, mutator.Header());
        return request;
    }

    private static HttpRequestMessage Image(Random random)
    {
        var mutator = new Mutator(random);
        byte[] file = mutator.Of(Photos.Value);
        if (random.Next(10) > 0)
            file = mutator.Bytes(file);
        return random.Next(4) == 0
            ? new(HttpMethod.Post, "/model/predict") { Content = new MultipartFormDataContent { { new ByteArrayContent(file), "image", "a" } } }
            : new(HttpMethod.Post, "/v1/caption?beamSize=2") { Content = Typed(file, mutator.Of(["image/jpeg", "image/png", "image/webp"])) };
    }

    private static ByteArrayContent Typed(byte[] file, string type)
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }
}
