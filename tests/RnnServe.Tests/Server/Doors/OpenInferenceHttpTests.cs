using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server.Doors;

/// <summary>The Open Inference Protocol over HTTP, as its public clients send it: without a content type, with and without binary
/// data.</summary>
[Collection(nameof(OpenDoors))]
public sealed class OpenInferenceHttpTests(OpenDoors doors)
{
    private const string JsonLength = "Inference-Header-Content-Length";

    [Theory]
    [InlineData("/v2/models/tiny-en-de/infer")]
    [InlineData("/v2/models/tiny-en-de/versions/1/infer")]
    public async Task Json_is_translated(string path)
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text, "A cab.");
        string json = $$"""
            { "id": "7", "inputs": [{ "name": "text", "shape": [2, 1], "datatype": "BYTES", "data": [["{{OpenDoors.Text}}"], ["A cab."]] }],
              "outputs": [{ "name": "translation", "parameters": { "binary_data": false } }] }
            """;

        var answer = await RunningServer.OkAsync(await PostAsync(path, json));

        Assert.Equal("tiny-en-de", answer.GetProperty("model_name").GetString());
        Assert.Equal("1", answer.GetProperty("model_version").GetString());
        Assert.Equal("7", answer.GetProperty("id").GetString());
        var output = Assert.Single(answer.GetProperty("outputs").EnumerateArray());
        Assert.Equal("translation", output.GetProperty("name").GetString());
        Assert.Equal("BYTES", output.GetProperty("datatype").GetString());
        Assert.Equal([2, 1], output.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal(german, output.GetProperty("data").EnumerateArray().Select(text => text.GetString()));
    }

    [Fact]
    public async Task Binary_data_is_translated_and_comes_back()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text);

        var response = await PostBinaryAsync("tiny-en-de", "text", [Encoding.UTF8.GetBytes(OpenDoors.Text)]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        int length = int.Parse(Assert.Single(response.Headers.GetValues(JsonLength)), CultureInfo.InvariantCulture);
        using var json = JsonDocument.Parse(body.AsMemory(0, length));
        var output = json.RootElement.GetProperty("outputs")[0];
        Assert.Equal(body.Length - length, output.GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.False(output.TryGetProperty("data", out _));
        Assert.Equal(body.Length - length - 4, BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(length)));
        Assert.Equal(german[0], Encoding.UTF8.GetString(body.AsSpan(length + 4)));
    }

    [Fact]
    public async Task Images_are_captioned_and_texts_are_classified()
    {
        byte[][] images = [TinyCaptionBundle.Image(1), TinyCaptionBundle.Image(2)];
        string[] captions = [await doors.CaptionAsync(images[0]), await doors.CaptionAsync(images[1])];
        string base64 = string.Join(", ", images.Select(image => $"\"{Convert.ToBase64String(image)}\""));

        var answer = await RunningServer.OkAsync(await PostAsync("/v2/models/tiny-photos/infer", Inputs("image", base64, "[2]")));
        var binary = await PostBinaryAsync("tiny-photos", "image", images);
        var labels = await RunningServer.OkAsync(await PostAsync("/v2/models/tiny-colours/infer", Inputs("text", "\"abc\"")));

        Assert.Equal(captions, answer.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(one => one.GetString()));
        Assert.EndsWith(captions[1], Encoding.UTF8.GetString(await binary.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);
        Assert.Contains(labels.GetProperty("outputs")[0].GetProperty("data")[0].GetString(), Classify.TinyClassifyBundle.Labels);
    }

    [Fact]
    public async Task No_list_is_made_of_more_elements_than_there_may_be()
    {
        byte[][] many = [.. Enumerable.Repeat(Array.Empty<byte>(), 33)];
        string json = string.Join(", ", Enumerable.Repeat("\"\"", 33));

        using var binary = await PostBinaryAsync("tiny-photos", "image", many);
        using var text = await PostAsync("/v2/models/tiny-photos/infer", Inputs("image", json, "[33]"));

        foreach (var answer in (HttpResponseMessage[])[binary, text])
        {
            var problem = await RunningServer.ProblemAsync(answer, HttpStatusCode.BadRequest);
            Assert.Contains("more than 32 elements", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Server_and_models_say_what_they_are()
    {
        var client = doors.Server.Client;
        var server = await RunningServer.OkAsync(await client.GetAsync("/v2"));
        var live = await RunningServer.OkAsync(await client.GetAsync("/v2/health/live"));
        var ready = await RunningServer.OkAsync(await client.GetAsync("/v2/health/ready"));
        var model = await RunningServer.OkAsync(await client.GetAsync("/v2/models/tiny-en-de/versions/1"));
        var modelReady = await RunningServer.OkAsync(await client.GetAsync("/v2/models/tiny-en-de/ready"));
        var index = await RunningServer.OkAsync(await client.PostAsync("/v2/repository/index", null));

        Assert.Equal("rnnserve", server.GetProperty("name").GetString());
        Assert.Equal(["binary_tensor_data"], server.GetProperty("extensions").EnumerateArray().Select(one => one.GetString()));
        Assert.True(live.GetProperty("live").GetBoolean() && ready.GetProperty("ready").GetBoolean());
        Assert.Equal("text", model.GetProperty("inputs")[0].GetProperty("name").GetString());
        Assert.Equal("translation", model.GetProperty("outputs")[0].GetProperty("name").GetString());
        Assert.True(modelReady.GetProperty("ready").GetBoolean());
        Assert.Equal(4, index.GetArrayLength());
        Assert.All(index.EnumerateArray(), one => Assert.Equal("READY", one.GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData("""{ }""", "one tensor named 'text'")]
    [InlineData("""{ "inputs": 3 }""", "inputs is 3")]
    [InlineData("""{ "inputs": [null] }""", "one tensor named 'text'")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [1], "datatype": "BYTES", "data": ["a"] }], "outputs": [null] }""", "output")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": ["a"], "datatype": "BYTES", "data": ["a"] }] }""", "inputs is")]
    [InlineData("""{ "inputs": [{ "name": "other", "shape": [1], "datatype": "BYTES", "data": ["a"] }] }""", "'other'")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [1], "datatype": "FP32", "data": ["a"] }] }""", "'FP32'")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [2], "datatype": "BYTES", "data": ["a"] }] }""", "shape is [2]")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [9223372036854775807, 2], "datatype": "BYTES", "data": ["a"] }] }""", "shape is")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [1], "datatype": "BYTES", "data": [1] }] }""", "array of strings")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [1], "datatype": "BYTES" }] }""", "array of strings")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [1], "datatype": "BYTES", "data": ["\ud800"] }] }""", "not valid Unicode")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [1], "datatype": "BYTES", "data": [" "] }] }""", "text[0] is empty")]
    [InlineData("""{ "inputs": [{ "name": "text", "shape": [1], "datatype": "BYTES", "parameters": { "binary_data_size": 5 } }] }""", "0 bytes")]
    [InlineData("nonsense", "not valid JSON")]
    public async Task A_bad_request_is_refused(string json, string message)
    {
        var problem = await RunningServer.ProblemAsync(await PostAsync("/v2/models/tiny-en-de/infer", json), HttpStatusCode.BadRequest);

        Assert.Contains(message, problem.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_binary_data_is_refused()
    {
        var utf8 = await PostBinaryAsync("tiny-en-de", "text", [[0xff, 0xfe]]);
        var ends = await PostBinaryAsync("tiny-en-de", "text", [[97, 98, 99]], cut: 1);
        var header = await PostAsync("/v2/models/tiny-en-de/infer", Inputs("text", "\"a\""), jsonLength: "99999");

        foreach (var (response, message) in new[] { (utf8, "not valid UTF-8"), (ends, "ends inside element 0"), (header, JsonLength) })
        {
            var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
            Assert.Contains(message, problem.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_missing_model_a_missing_version_and_too_much_are_refused()
    {
        var missing = await PostAsync("/v2/models/nobody/infer", Inputs("text", "\"a\""));
        var version = await PostAsync("/v2/models/tiny-en-de/versions/3/infer", Inputs("text", "\"a\""));
        var ready = await doors.Server.Client.GetAsync("/v2/models/nobody/ready");
        using var much = new HttpRequestMessage(HttpMethod.Post, "/v2/models/tiny-en-de/infer");
        much.Content = RunningServer.Json(Inputs("text", $"\"{new string('a', 1_048_576)}\""));
        much.Headers.ExpectContinue = true;      // refused before it is sent, not while
        var large = await doors.Server.Client.SendAsync(much);
        var route = await doors.Server.Client.GetAsync("/v2/nowhere");
        await using var busy = await BusyServer.StartAsync();
        var overload = await PostAsync("/v2/models/tiny-en-de/infer", Inputs("text", "\"a\""), busy.Server);

        foreach (var response in (HttpResponseMessage[])[missing, version, ready, route])
            Assert.NotEqual("", (await RunningServer.ProblemAsync(response, HttpStatusCode.NotFound)).GetProperty("error").GetString());
        await RunningServer.ProblemAsync(large, HttpStatusCode.RequestEntityTooLarge);
        await RunningServer.ProblemAsync(overload, HttpStatusCode.TooManyRequests);
        Assert.InRange(overload.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 7, 3600);
    }

    private static string Inputs(string name, string data, string shape = "[1]") =>
        $$"""{ "inputs": [{ "name": "{{name}}", "shape": {{shape}}, "datatype": "BYTES", "data": [{{data}}] }] }""";

    private async Task<HttpResponseMessage> PostBinaryAsync(string model, string input, byte[][] elements, int cut = 0)
    {
        using var binary = new MemoryStream();
        foreach (byte[] element in elements)
        {
            binary.Write(BitConverter.GetBytes(element.Length));
            binary.Write(element);
        }

        byte[] data = binary.ToArray()[..^cut];
        string json = $$"""
            { "inputs": [{ "name": "{{input}}", "shape": [{{elements.Length}}], "datatype": "BYTES",
              "parameters": { "binary_data_size": {{data.Length}} } }], "parameters": { "binary_data_output": true } }
            """;
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(json), .. data]);
        content.Headers.Add(JsonLength, Encoding.UTF8.GetByteCount(json).ToString(CultureInfo.InvariantCulture));
        return await doors.Server.Client.PostAsync($"/v2/models/{model}/infer", content);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string json, RunningServer? server = null, string? jsonLength = null)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        if (jsonLength is not null)
            content.Headers.Add(JsonLength, jsonLength);
        return await (server ?? doors.Server).Client.PostAsync(path, content);
    }
}
