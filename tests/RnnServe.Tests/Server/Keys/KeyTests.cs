using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using RnnServe.Client;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Client;
using RnnServe.Tests.Server.Doors;

namespace RnnServe.Tests.Server.Keys;

/// <summary>Who is let in to the routes of /v1.</summary>
public sealed class KeyTests(KeyedServer keyed) : IClassFixture<KeyedServer>
{
    private const string Translate = """{ "text": "abc", "model": "tiny-en-de" }""";

    private readonly HttpClient client = keyed.Server.Client;

    [Fact]
    public async Task A_key_opens_the_routes_of_its_scopes_and_no_others()
    {
        await RunningServer.OkAsync(await client.PostAsync(keyed.Translator, "/v1/translate", Translate));
        await RunningServer.OkAsync(await client.PostAsync(keyed.Captioner, "/v1/caption", TinyCaptionBundle.Image(1)));
        await RunningServer.OkAsync(await client.PostAsync(keyed.Classifier, "/v1/classify", """{ "text": "red" }"""));
        foreach (string key in (string[])[keyed.Translator, keyed.Captioner, keyed.Classifier, keyed.Nothing])
            await RunningServer.OkAsync(await client.GetAsync(key, "/v1/models"));

        await LacksAsync("translate", await client.PostAsync(keyed.Captioner, "/v1/translate", Translate));
        await LacksAsync("caption", await client.PostAsync(keyed.Translator, "/v1/caption", TinyCaptionBundle.Image(1)));
        await LacksAsync("classify", await client.PostAsync(keyed.Translator, "/v1/classify", """{ "text": "red" }"""));
        await LacksAsync("classify", await client.PostAsync(keyed.Translator, "/v1/detect", """{ "text": "red" }"""));
    }

    [Fact]
    public async Task An_operator_s_routes_ask_for_a_scope_that_a_caller_of_models_lacks()
    {
        foreach (string change in (string[])["reload", "unload"])
        {
            string path = $"/v1/models/none/{change}";
            await LacksAsync("admin", await client.SendAsync(keyed.Everything, HttpMethod.Post, path));
            await LacksAsync("admin", await client.SendAsync(keyed.Meter, HttpMethod.Post, path));
            await RunningServer.ProblemAsync(await client.SendAsync(keyed.Admin, HttpMethod.Post, path), HttpStatusCode.NotFound);
        }

        await LacksAsync("metrics", await client.GetAsync(keyed.Everything, "/metrics"));
        await LacksAsync("metrics", await client.GetAsync(keyed.Admin, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(keyed.Meter, "/metrics")).StatusCode);
    }

    [Fact]
    public async Task Without_a_key_or_with_a_wrong_one_the_answer_is_401_and_says_how_to_send_one()
    {
        var missing = await client.PostAsync(null, "/v1/translate", Translate);
        var problem = await RunningServer.ProblemAsync(missing, HttpStatusCode.Unauthorized);
        Assert.Equal(
            "A key is needed: send 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'.", problem.GetProperty("detail").GetString());
        Assert.Equal("Bearer", missing.Headers.WwwAuthenticate.ToString());

        string right = keyed.Translator;
        char last = right[^1] == 'a' ? 'b' : 'a';
        foreach (string wrong in (string[])[right[..^1] + last, right[..^1], right + "a", "rnn_", "secret", "rnn_" + right[4..].ToUpperInvariant()])
        {
            var refused = await client.GetAsync(wrong, "/v1/models");
            problem = await RunningServer.ProblemAsync(refused, HttpStatusCode.Unauthorized);
            Assert.Equal("The key is not valid.", problem.GetProperty("detail").GetString());
            Assert.Equal("Bearer error=\"invalid_token\"", refused.Headers.WwwAuthenticate.ToString());
        }

        problem = await RunningServer.ProblemAsync(await client.GetAsync(keyed.Expired, "/v1/models"), HttpStatusCode.Unauthorized);
        Assert.Equal("The key has expired.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("X-Api-Key", "", HttpStatusCode.OK)]
    [InlineData("Authorization", "bearer ", HttpStatusCode.OK)]
    [InlineData("Authorization", "", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Basic ", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "DeepL-Auth-Key ", HttpStatusCode.Unauthorized)]
    public async Task A_key_comes_in_either_header(string header, string before, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation(header, before + keyed.Nothing);

        using var answer = await client.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Health_the_page_and_the_document_are_open_and_every_other_route_is_not()
    {
        var routes = keyed.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var open = routes.Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null).ToList();
        var closed = routes.Except(open).ToList();

        Assert.Equal(
            ["/", "/frontend/settings", "/health/live", "/health/ready", "/languages", "/openapi/{documentName}.json", "/v2/health/live", "/v2/health/ready"],
            open.Select(PathOf).Where(path => !path.StartsWith("/playground/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.InRange(closed.Count, 18, 100);
        foreach (var route in closed)
        {
            string path = PathOf(route).Replace("{name}", "tiny-en-de", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal);
            var method = new HttpMethod(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]);
            var answer = await client.SendAsync(null, method, path, method == HttpMethod.Get ? null : RunningServer.Json("{}"));
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{method} {path}: {answer.StatusCode}");
        }

        foreach (string path in (string[])["/", "/playground/main.js", "/health/live", "/openapi/v1.json", "/swagger/index.html"])
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
        await RunningServer.ProblemAsync(await client.GetAsync("/nowhere"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_document_says_how_a_key_is_sent_and_what_needs_one()
    {
        string json = await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        var (document, diagnostic) = OpenApiDocument.Parse(json, OpenApiConstants.Json);

        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Equal(["bearer", "apiKey"], document!.Components!.SecuritySchemes!.Keys);
        var translate = document.Paths["/v1/translate"].Operations![HttpMethod.Post];
        Assert.Equal(["translate"], translate.Security!.SelectMany(one => one.Values).SelectMany(scopes => scopes).Distinct());
        Assert.Contains("401", translate.Responses!.Keys);
        var ofDoor = document.Paths["/v2/usage"].Operations![HttpMethod.Get].Responses!["403"];
        Assert.Contains("error", ofDoor.Content!["application/problem+json"].Schema!.Properties!.Keys);
        Assert.NotEmpty(document.Paths["/v1/models"].Operations![HttpMethod.Get].Security!);
        Assert.Empty(document.Paths["/health/live"].Operations![HttpMethod.Get].Security ?? []);
    }

    // Routing answers these itself: no key would help, and with one it is the same.
    [Theory]
    [InlineData("POST", "/health/live", "application/json", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/translate", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("GET", "/v1/models", "application/grpc", HttpStatusCode.Unauthorized)]
    public async Task What_a_route_does_not_take_is_said_by_the_status(string method, string path, string type, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.ContentType = new(type);

        using var answer = await client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task The_typed_client_sends_its_key()
    {
        using var right = new ClientOf(keyed.Server.Url, options => options.ApiKey = keyed.Translator);
        using var without = new ClientOf(keyed.Server.Url);

        Assert.Single((await right.Client.TranslateAsync(new("abc") { Model = "tiny-en-de" })).Translations);
        var refused = await Assert.ThrowsAsync<RnnServeException>(() => without.Client.ModelsAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static string PathOf(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.TrimStart('/');

    private static async Task LacksAsync(string scope, HttpResponseMessage answer)
    {
        var problem = await RunningServer.ProblemAsync(answer, HttpStatusCode.Forbidden);
        Assert.Equal($"The key lacks the scope '{scope}', which this needs.", problem.GetProperty("detail").GetString());
        Assert.Equal($"Bearer error=\"insufficient_scope\", scope=\"{scope}\"", answer.Headers.WwwAuthenticate.ToString());
    }
}

/// <summary>A server with keys, every door open and tiny models of every kind, for tests that change nothing.</summary>
public sealed class KeyedServer : IAsyncLifetime
{
    private readonly ModelFolder models = new();
    private readonly KeyRing keys = new();

    internal RunningServer Server { get; private set; } = null!;

    internal string Translator { get; private set; } = null!;

    internal string Captioner { get; private set; } = null!;

    internal string Classifier { get; private set; } = null!;

    internal string Everything { get; private set; } = null!;

    internal string Admin { get; private set; } = null!;

    internal string Meter { get; private set; } = null!;

    /// <summary>A key without scopes.</summary>
    internal string Nothing { get; private set; } = null!;

    internal string Expired { get; private set; } = null!;

    internal string Models => models.Path;

    public async ValueTask InitializeAsync()
    {
        models.Add("tiny-en-de", "en", "de");
        models.AddCaptioner("tiny-photos");
        RnnServe.Tests.Classify.TinyClassifyBundle.Create(models.Path, "tiny-colours");
        (Translator, Captioner, Classifier, Nothing) = (keys.Add("translate"), keys.Add("caption"), keys.Add("classify"), keys.Add());
        (Everything, Admin, Meter) = (keys.Add("translate", "caption", "classify"), keys.Add("admin"), keys.Add("metrics"));
        Expired = keys.Add(entry => entry with { Scopes = ["translate"], Expires = DateTimeOffset.UtcNow.AddSeconds(-1) });
        Server = await new RunningServer(models.Path, [.. OpenDoors.Settings, keys.Setting]).SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        models.Dispose();
        keys.Dispose();
    }
}
