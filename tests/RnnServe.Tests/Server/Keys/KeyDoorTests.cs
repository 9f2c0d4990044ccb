using System.Net;
using System.Text.Json;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server.Doors;

namespace RnnServe.Tests.Server.Keys;

/// <summary>Clients of other services send the key as they do there, and read a refusal as they do there.</summary>
public sealed class KeyDoorTests(KeyedServer keyed) : IClassFixture<KeyedServer>
{
    private const string Text = OpenDoors.Text;

    private static readonly string Wrong = "rnn_" + new string('A', 12) + "_" + new string('B', 43);

    private readonly RunningServer server = keyed.Server;

    [Fact]
    public void Deepl_node_translates_with_a_key_and_sees_that_another_is_wrong()
    {
        object[] call = ["translate", Text, "en", "de"];

        var right = NodeClients.AskWithKey("deepl", server, keyed.Translator, call, ["sources"]);
        var wrong = NodeClients.AskWithKey("deepl", server, Wrong, call, ["usage"]);
        var scope = NodeClients.AskWithKey("deepl", server, keyed.Captioner, call);

        Assert.NotEqual("", NodeClients.Value(right[0]).GetProperty("text").GetString());
        Assert.Equal("en", NodeClients.Value(right[1])[0].GetProperty("code").GetString());
        NodeClients.AssertFailed(wrong[0], "AuthorizationError");
        NodeClients.AssertFailed(wrong[1], "AuthorizationError");
        NodeClients.AssertFailed(scope[0], "AuthorizationError");
    }

    [Fact]
    public void LibreTranslates_clients_translate_with_a_key_and_see_that_another_is_wrong()
    {
        object[] call = ["translate", Text, "en", "de"];

        foreach (string client in (string[])["translate", "libretranslate"])
            Assert.NotEqual("", NodeClients.Value(NodeClients.AskWithKey(client, server, keyed.Translator, call)[0]).GetString());

        // libretranslate shows nobody the error, and gives no text.
        Assert.False(NodeClients.AskWithKey("libretranslate", server, Wrong, call)[0].TryGetProperty("value", out _));
        var wrong = NodeClients.AskWithKey("translate", server, Wrong, call);
        NodeClients.AssertFailed(wrong[0], "Error", "The key is not valid.");
    }

    [Fact]
    public async Task Hugging_faces_client_translates_with_a_key_and_sees_that_another_is_wrong()
    {
        object?[] call = ["translation", "tiny-en-de", Text];

        Assert.NotEqual(
            "", NodeClients.Value(NodeClients.AskWithKey("huggingface", server, keyed.Translator, call)[0]).GetProperty("translation_text").GetString());
        NodeClients.AssertFailed(NodeClients.AskWithKey("huggingface", server, Wrong, call)[0], "InferenceClientProviderApiError", "The key is not valid.");

        await ErrorAsync(await PostAsync(keyed.Captioner, "/models/tiny-en-de", $$"""{ "inputs": "{{Text}}" }"""), HttpStatusCode.Forbidden, "'translate'");
        await ErrorAsync(
            await server.Client.PostAsync(keyed.Translator, "/models/tiny-photos", TinyCaptionBundle.Image(1)), HttpStatusCode.Forbidden, "'caption'");
    }

    [Fact]
    public async Task DeepL_takes_the_key_in_the_form_too()
    {
        foreach (var (key, status) in new[] { (keyed.Translator, HttpStatusCode.OK), (Wrong, HttpStatusCode.Forbidden), ("", HttpStatusCode.Forbidden) })
        {
            using var form = Form(("text", Text), ("target_lang", "DE"), ("auth_key", key));
            using var answer = await server.Client.PostAsync("/v2/translate", form);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task LibreTranslate_takes_the_key_in_the_body_the_form_the_address_and_the_headers()
    {
        string key = keyed.Translator;
        string Body(string field) => $$"""{ "q": "{{Text}}", "source": "en", "target": "de"{{field}} }""";

        await RunningServer.OkAsync(await PostAsync(null, "/translate", Body($", \"api_key\": \"{key}\"")));
        await RunningServer.OkAsync(await PostAsync(null, $"/translate?api_key={key}", Body("")));
        await RunningServer.OkAsync(await PostAsync(key, "/translate", Body("")));
        await RunningServer.OkAsync(await PostAsync(key, "/translate", Body(", \"api_key\": \"\"")));
        using var form = Form(("q", Text), ("source", "en"), ("target", "de"), ("api_key", key));
        await RunningServer.OkAsync(await server.Client.PostAsync("/translate", form));

        await ErrorAsync(await PostAsync(null, "/translate", Body("")), HttpStatusCode.Forbidden, "or the field 'api_key'");
        await ErrorAsync(await PostAsync(null, "/translate", Body($", \"api_key\": [\"{key}\"]")), HttpStatusCode.Forbidden, "A key is needed");
        await ErrorAsync(await PostAsync(Wrong, "/translate", Body($", \"api_key\": \"{key}\"")), HttpStatusCode.Forbidden, "not valid");
        await ErrorAsync(await PostAsync(null, "/detect", $$"""{ "q": "{{Text}}", "api_key": "{{key}}" }"""), HttpStatusCode.Forbidden, "'classify'");
        await RunningServer.OkAsync(await PostAsync(null, "/translate", Body($", \"api_key\": \"\", \"apiKey\": \"{key}\"")));
        await ErrorAsync(await PostAsync(null, "/translate", Body($", \"apiKey\": \"{Wrong}\"")), HttpStatusCode.Forbidden, "not valid");
        await RunningServer.OkAsync(await server.Client.GetAsync("/languages"));
        var settings = await RunningServer.OkAsync(await server.Client.GetAsync("/frontend/settings"));
        Assert.True(settings.GetProperty("keyRequired").GetBoolean());
    }

    [Fact]
    public async Task Max_and_the_open_inference_protocol_refuse_with_401_and_403()
    {
        using var image = new MultipartFormDataContent { { new ByteArrayContent(TinyCaptionBundle.Image(1)), "image", "image.png" } };
        await RunningServer.OkAsync(await server.Client.SendAsync(keyed.Captioner, HttpMethod.Post, "/model/predict", image));
        await ErrorAsync(await server.Client.PostAsync(keyed.Translator, "/model/predict", []), HttpStatusCode.Forbidden, "'caption'");
        await ErrorAsync(await server.Client.GetAsync(Wrong, "/model/metadata"), HttpStatusCode.Unauthorized, "not valid");

        string infer = JsonSerializer.Serialize(new
        {
            inputs = new[] { new { name = "text", datatype = "BYTES", shape = new[] { 1 }, data = new[] { Text } } },
        });
        const string Path = "/v2/models/tiny-en-de/infer";
        await RunningServer.OkAsync(await PostAsync(keyed.Translator, Path, infer));
        await ErrorAsync(await PostAsync(keyed.Captioner, Path, infer), HttpStatusCode.Forbidden, "'translate'");
        await ErrorAsync(await PostAsync(null, Path, infer), HttpStatusCode.Unauthorized, "A key is needed");
        await ErrorAsync(await server.Client.GetAsync("/v2/models/tiny-en-de"), HttpStatusCode.Unauthorized, "A key is needed");
        await RunningServer.OkAsync(await server.Client.GetAsync("/v2/health/ready"));
    }

    private Task<HttpResponseMessage> PostAsync(string? key, string path, string json) => server.Client.PostAsync(key, path, json);

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    /// <summary>A refusal in the form that clients of other services read.</summary>
    private static async Task ErrorAsync(HttpResponseMessage answer, HttpStatusCode status, string part)
    {
        var problem = await RunningServer.ProblemAsync(answer, status);
        Assert.Contains(part, problem.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
