using System.Net;
using System.Text.Json;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Classify;

public sealed class ClassifyRouteTests(ClassifyServer running) : IClassFixture<ClassifyServer>
{
    [Fact]
    public async Task A_text_gets_its_label_with_all_probabilities_in_descending_order()
    {
        var answer = await RunningServer.OkAsync(await PostAsync("""{ "text": "a bad cab.", "model": "tiny" }"""));

        Assert.Equal(["model", "version", "classifications", "usage"], Names(answer));
        Assert.Equal(("tiny", "1"), (answer.GetProperty("model").GetString(), answer.GetProperty("version").GetString()));
        var one = Assert.Single(answer.GetProperty("classifications").EnumerateArray());
        Assert.Equal(["label", "probability", "probabilities", "truncated"], Names(one));
        var all = one.GetProperty("probabilities").EnumerateArray().ToList();
        double[] shares = [.. all.Select(p => p.GetProperty("probability").GetDouble())];
        Assert.Equal(TinyClassifyBundle.Labels.Order(), all.Select(p => p.GetProperty("label").GetString()!).Order());
        Assert.Equal(shares.OrderDescending(), shares);
        Assert.Equal(1, shares.Sum(), 1e-9);
        Assert.Equal(all[0].GetProperty("label").GetString(), one.GetProperty("label").GetString());
        Assert.Equal(shares[0], one.GetProperty("probability").GetDouble());
        Assert.InRange(answer.GetProperty("usage").GetProperty("sourceTokens").GetInt32(), 8, 12);
    }

    [Fact]
    public async Task Texts_are_answered_in_order_with_attention_and_timing_where_asked_for()
    {
        const string body = """{ "text": ["abc", "Can a cat dance?"], "model": "tiny", "include": ["attention", "timing"] }""";

        var answer = await RunningServer.OkAsync(await PostAsync(body));

        var alone = await RunningServer.OkAsync(await PostAsync("""{ "text": "Can a cat dance?", "model": "tiny" }"""));
        var found = answer.GetProperty("classifications").EnumerateArray().ToList();
        Assert.Equal(
            alone.GetProperty("classifications")[0].GetProperty("probabilities").GetRawText(), found[1].GetProperty("probabilities").GetRawText());
        var attention = found[1].GetProperty("attention");
        Assert.Equal(attention.GetProperty("tokens").GetArrayLength(), attention.GetProperty("weights").GetArrayLength());
        Assert.Equal(1, attention.GetProperty("weights").EnumerateArray().Sum(w => w.GetDouble()), 1e-6);
        Assert.InRange(answer.GetProperty("timing").GetProperty("totalMs").GetDouble(), 0.001, 60_000);
    }

    [Theory]
    [InlineData("""{ "model": "tiny" }""", 400, "text", "text is missing")]
    [InlineData("""{ "text": " ", "model": "tiny" }""", 400, "text", "text is empty")]
    [InlineData("""{ "text": ["abc", "\u200b"], "model": "tiny" }""", 400, "text", "text[1] has nothing that the model can read.")]
    [InlineData("""{ "text": "abc", "model": "tiny", "include": ["tokens"] }""", 400, "include", "'tokens'")]
    [InlineData("""{ "text": "abc", "model": "tiny", "beamSize": 2 }""", 400, "beamSize", "beamSize")]
    [InlineData("""{ "text": "abc", "model": "plain", "include": ["attention"] }""", 400, "include", "the model 'plain' has no attention")]
    [InlineData("""{ "text": "abc" }""", 400, "model", "Several models fit: 'plain' (en → label), 'tiny' (en → label)")]
    [InlineData("""{ "text": "abc", "language": "fr" }""", 404, "language", "No model is for 'fr' → label")]
    [InlineData("""{ "text": "abc", "model": "tiny-en-de" }""", 400, "model", "does not classify texts; its task is 'translate'")]
    [InlineData("""{ "text": "abc", "model": "none" }""", 404, "model", "There is no model 'none'")]
    public async Task A_bad_request_is_refused_by_the_fields_name(string body, int status, string field, string message)
    {
        var problem = await RunningServer.ProblemAsync(await PostAsync(body), (HttpStatusCode)status);

        Assert.Contains(message, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_models_list_shows_the_kind_without_a_search()
    {
        var answer = await RunningServer.OkAsync(await running.Server.Client.GetAsync(new Uri("/v1/models/tiny", UriKind.Relative)));

        Assert.Equal("classify", answer.GetProperty("task").GetString());
        Assert.False(answer.TryGetProperty("decoding", out _));
    }

    [Fact]
    public async Task The_openapi_document_has_the_route_with_its_examples()
    {
        var document = await RunningServer.OkAsync(await running.Server.Client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative)));

        var operation = document.GetProperty("paths").GetProperty("/v1/classify").GetProperty("post");
        var examples = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");
        Assert.Equal(["text", "texts", "attention"], Names(examples));
        Assert.Contains(document.GetProperty("tags").EnumerateArray(), tag => tag.GetProperty("name").GetString() == "Classify");
    }

    private static string[] Names(JsonElement of) => [.. of.EnumerateObject().Select(property => property.Name)];

    private Task<HttpResponseMessage> PostAsync(string json) =>
        running.Server.Client.PostAsync(new Uri("/v1/classify", UriKind.Relative), RunningServer.Json(json));
}

/// <summary>A server with the tiny classifiers "tiny" and "plain", which has no attention, and a translator.</summary>
public sealed class ClassifyServer : IAsyncLifetime
{
    private readonly ModelFolder models = new();

    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        TinyClassifyBundle.Create(models.Path, "tiny");
        TinyClassifyBundle.Create(models.Path, "plain", attention: false);
        models.Add("tiny-en-de", "en", "de");
        Server = await new RunningServer(models.Path).SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        models.Dispose();
    }
}
