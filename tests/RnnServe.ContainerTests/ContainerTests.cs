using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RnnServe.Tests;

namespace RnnServe.ContainerTests;

[Trait("Category", "Container")]
public sealed class ContainerTests : IClassFixture<ComposedServer>, IDisposable
{
    private readonly ComposedServer server;
    private readonly HttpClient client;

    public ContainerTests(ComposedServer server)
    {
        Skip.Unless(server.Missing is null, server.Missing!);
        this.server = server;
        client = new HttpClient { BaseAddress = ComposedServer.Address(server.Container) };
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task A_healthy_container_is_not_root_has_no_capability_and_writes_to_its_tmp_only()
    {
        using var inspected = JsonDocument.Parse(await Docker.RunAsync("inspect", server.Container.Id));
        var container = inspected.RootElement[0];
        var host = container.GetProperty("HostConfig");

        Assert.Equal("healthy", container.GetProperty("State").GetProperty("Health").GetProperty("Status").GetString());
        Assert.DoesNotContain(container.GetProperty("Config").GetProperty("User").GetString(), (string[])["", "0", "root"]);
        Assert.True(host.GetProperty("ReadonlyRootfs").GetBoolean());
        Assert.Equal(["/tmp"], host.GetProperty("Tmpfs").EnumerateObject().Select(folder => folder.Name));
        Assert.Equal(["ALL"], host.GetProperty("CapDrop").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["no-new-privileges:true"], host.GetProperty("SecurityOpt").EnumerateArray().Select(option => option.GetString()));
    }

    [Fact]
    public async Task A_sentence_is_translated()
    {
        using var answer = await PostAsync(
            "/v1/translate", "application/json", """{ "text": "Can you tell me where the station is?", "source": "en", "target": "de" }"""u8.ToArray());

        Assert.Equal(["Können Sie mir sagen, wo der Bahnhof ist?"], await TextsAsync(answer, "translations"));
    }

    [Fact]
    public async Task The_page_has_its_photos()
    {
        using var photo = await client.GetAsync(new Uri("/playground/dog.jpg", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("image/jpeg", photo.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_photo_is_captioned()
    {
        using var answer = await PostAsync(
            "/v1/caption", "image/jpeg", File.ReadAllBytes(TestData.InRepository("samples", "photos", "dog.jpg")));

        Assert.Equal(["a brown dog is running through the grass"], await TextsAsync(answer, "captions"));
    }

    [Theory]
    [InlineData("/v1/translate", "application/json", """{ "text": 5 }""", HttpStatusCode.BadRequest)]
    [InlineData("/v1/translate", "application/json", """{ "text": "a", "model": "none" }""", HttpStatusCode.NotFound)]
    [InlineData("/v1/translate", "text/plain", "a", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/v1/caption", "image/jpeg", "no photo", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/v1/caption?beamSize=0", "image/jpeg", "no photo", HttpStatusCode.BadRequest)]
    public async Task Bad_input_is_refused_with_its_reason(string path, string type, string body, HttpStatusCode status)
    {
        using var answer = await PostAsync(path, type, Encoding.UTF8.GetBytes(body));

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await BodyAsync(answer);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task Sigterm_leaves_no_request_unanswered_and_ends_the_server_with_exit_code_0()
    {
        await using var container = await server.StartAsync();
        using var loaded = new HttpClient { BaseAddress = ComposedServer.Address(container) };
        int[] sizes = [8, 16, 24, 32, 40, 48, 56, 64];
        var answers = sizes
            .Select(size => loaded.PostAsJsonAsync("/v1/translate", new { text = Sentences(size), source = "en", target = "de" }, Stop))
            .ToList();

        // When the smallest request is answered, the others have long been read, and most of their sentences wait.
        await Task.WhenAny(answers);
        Assert.Contains(answers, answer => !answer.IsCompleted);
        await container.StopAsync(Stop);

        Assert.Equal(0, await container.GetExitCodeAsync(Stop));
        foreach (var (size, answered) in sizes.Zip(answers))
        {
            using var answer = await answered;
            Assert.Equal(size, (await TextsAsync(answer, "translations")).Count(translation => translation is { Length: > 0 }));
        }
    }

    private static IEnumerable<string> Sentences(int count) =>
        Enumerable.Repeat("A man in a blue shirt is standing on a ladder and cleans the window of a shop.", count);

    private async Task<HttpResponseMessage> PostAsync(string path, string type, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await client.PostAsync(path, content, Stop);
    }

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer)
    {
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        return body.RootElement.Clone();
    }

    /// <summary>The texts in a list of a 200.</summary>
    private static async Task<string?[]> TextsAsync(HttpResponseMessage answer, string list)
    {
        var body = await BodyAsync(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode}: {body}");
        return [.. body.GetProperty(list).EnumerateArray().Select(item => item.GetProperty("text").GetString())];
    }
}
