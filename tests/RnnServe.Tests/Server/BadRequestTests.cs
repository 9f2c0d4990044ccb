using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace RnnServe.Tests.Server;

public class BadRequestTests(TwoModels two) : IClassFixture<TwoModels>
{
    private readonly RunningServer server = two.Server;

    public static TheoryData<string, string, string[]> RefusedFields => new()
    {
        // field, body, what the message must name
        { "text", """{ "source": "en", "target": "de" }""", ["missing"] },
        { "text", """{ "text": null, "source": "en", "target": "de" }""", ["missing"] },
        { "text", """{ "text": "", "source": "en", "target": "de" }""", ["empty"] },
        { "text", """{ "text": " \t\n", "source": "en", "target": "de" }""", ["empty"] },
        { "text", """{ "text": [], "source": "en", "target": "de" }""", ["0 texts", "1 to 256"] },
        { "text", """{ "text": ["a", ""], "source": "en", "target": "de" }""", ["text[1]", "empty"] },
        { "text", """{ "text": 5, "source": "en", "target": "de" }""", ["5", "string or an array"] },
        { "text", """{ "text": ["a", 5], "source": "en", "target": "de" }""", ["string or an array"] },
        { "text", """{ "text": ["a", null], "source": "en", "target": "de" }""", ["string or an array"] },
        { "text", """{ "text": { "a": "b" }, "source": "en", "target": "de" }""", ["string or an array"] },
        { "text", """{ "text": "\ud800", "source": "en", "target": "de" }""", ["Unicode"] },
        { "model", """{ "text": "a", "model": 5 }""", ["5", "1 to 200"] },
        { "model", """{ "text": "a", "model": "" }""", ["1 to 200"] },
        { "beamSize", """{ "text": "a", "source": "en", "beamSize": 0 }""", ["0", "1 to 16"] },
        { "beamSize", """{ "text": "a", "source": "en", "beamSize": 17 }""", ["17", "1 to 16"] },
        { "beamSize", """{ "text": "a", "source": "en", "beamSize": -3 }""", ["-3", "1 to 16"] },
        { "beamSize", """{ "text": "a", "source": "en", "beamSize": "5" }""", ["\"5\"", "1 to 16"] },
        { "beamSize", """{ "text": "a", "source": "en", "beamSize": 2.5 }""", ["2.5", "1 to 16"] },
        { "beamSize", """{ "text": "a", "source": "en", "beamSize": 99999999999 }""", ["99999999999", "1 to 16"] },
        { "alternatives", """{ "text": "a", "source": "en", "alternatives": 16 }""", ["16", "0 to 15"] },
        { "alternatives", """{ "text": "a", "source": "en", "alternatives": -1 }""", ["-1", "0 to 15"] },
        { "alternatives", """{ "text": "a", "source": "en", "beamSize": 3, "alternatives": 3 }""", ["3", "0 to 2"] },
        { "lengthPenalty", """{ "text": "a", "source": "en", "lengthPenalty": 2.1 }""", ["2.1", "0 to 2"] },
        { "lengthPenalty", """{ "text": "a", "source": "en", "lengthPenalty": -0.1 }""", ["-0.1", "0 to 2"] },
        { "coveragePenalty", """{ "text": "a", "source": "en", "coveragePenalty": 3 }""", ["3", "0 to 2"] },
        { "maxLength", """{ "text": "a", "source": "en", "maxLength": 0 }""", ["0", "1 to 512"] },
        { "maxLength", """{ "text": "a", "source": "en", "maxLength": 513 }""", ["513", "1 to 512"] },
        { "include", """{ "text": "a", "source": "en", "include": ["tokens", "poems"] }""", ["'poems'", "tokens, attention, timing"] },
        { "include", """{ "text": "a", "source": "en", "include": "tokens" }""", ["tokens, attention, timing"] },
        { "include", """{ "text": "a", "source": "en", "include": [null] }""", ["null", "tokens, attention, timing"] },
        { "beamsize", """{ "text": "a", "source": "en", "beamsize": 5 }""", ["'beamsize'", "'beamSize'"] },
        { "lenghtPenalty", """{ "text": "a", "source": "en", "lenghtPenalty": 1 }""", ["'lenghtPenalty'", "'lengthPenalty'"] },
        { "sampling", """{ "text": "a", "source": "en", "sampling": "hot" }""", ["\"hot\"", "temperature, topK, topP and seed"] },
        { "sampling", """{ "text": "a", "source": "en", "sampling": { "topK": "3" } }""", ["\"3\"", "an object"] },
        { "sampling.topP", """{ "text": "a", "source": "en", "sampling": { "topP": 1.5 } }""", ["1.5", "from 0.0001 to 1"] },
        { "sampling.topk", """{ "text": "a", "source": "en", "sampling": { "topk": 3 } }""", ["'sampling.topk'", "'sampling.topK'"] },
        { "sampling.seed", """{ "text": "a", "source": "en", "sampling": { "seed": -1 } }""", ["-1", "from 0"] },
        { "beamSize", """{ "text": "a", "source": "en", "beamSize": 3, "sampling": {} }""", ["3", "absent"] },
        { "prefix", """{ "text": ["a", "b"], "source": "en", "prefix": "Ein" }""", ["one text", "2"] },
        { "prefix", """{ "text": "a", "source": "en", "prefix": 3 }""", ["3", "a string of 0 to 2000 characters"] },
    };

    [Theory, MemberData(nameof(RefusedFields))]
    public async Task A_wrong_field_is_refused_by_name_with_its_value_and_the_allowed_range(string field, string body, string[] named)
    {
        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync(body), HttpStatusCode.BadRequest);

        var error = Assert.Single(problem.GetProperty("errors").EnumerateObject());
        Assert.Equal(field, error.Name);
        var message = Assert.Single(error.Value.EnumerateArray()).GetString()!;
        Assert.Equal(message, problem.GetProperty("detail").GetString());
        Assert.All(named, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{ "text": "a", }""")]
    [InlineData("""{ "text": 'a' }""")]
    [InlineData("""{ "text": "a" } x""")]
    [InlineData("""{ "text": "a", "text": "b" }""")]
    [InlineData("""{ "text": "a", "\ud800": 1 }""")]
    [InlineData("""{ "text": "a", /* no */ "source": "en" }""")]
    [InlineData("""[ "a" ]""")]
    [InlineData("null")]
    [InlineData("5")]
    public async Task A_body_that_is_not_a_json_object_is_refused(string body)
    {
        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync(body), HttpStatusCode.BadRequest);

        Assert.Contains("The body", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_nested_too_deep_is_refused()
    {
        var deep = $$"""{ "text": "a", "include": {{new string('[', 10_000)}}{{new string(']', 10_000)}} }""";

        await RunningServer.ProblemAsync(await server.TranslateAsync(deep), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Malformed_json_is_refused_with_its_place()
    {
        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync("{\n  \"text\": oops }"), HttpStatusCode.BadRequest);

        Assert.Contains("line 2, byte 11", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_wrong_field_is_reported_at_once()
    {
        var body = """{ "text": "", "beamSize": 17, "lengthPenalty": 9, "beam": 4, "prefixes": "x" }""";

        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync(body), HttpStatusCode.BadRequest);

        Assert.Equal(
            ["beam", "beamSize", "lengthPenalty", "prefixes", "text"],
            problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("gzip"), InlineData("br"), InlineData("gzip, identity")]
    public async Task A_compressed_body_is_refused_by_the_name_of_its_encoding(string encoding)
    {
        using var content = RunningServer.Json("""{ "text": "A cab." }""");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        var response = await server.Client.PostAsync("/v1/translate", content);

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
        Assert.StartsWith($"The content encoding '{encoding}' is not accepted;", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("identity", Assert.Single(response.Headers.GetValues("Accept-Encoding")));
    }

    [Fact]
    public async Task Every_blank_text_is_named()
    {
        string texts = JsonSerializer.Serialize(new { text = (string[])["a", "", "b", " ", "\n"] });
        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync(texts), HttpStatusCode.BadRequest);

        Assert.Equal(
            "text[1], text[3], text[4] are empty; a text must have at least one character that is not white space.",
            problem.GetProperty("errors").GetProperty("text")[0].GetString());
    }

    [Fact]
    public async Task Text_that_is_not_utf8_is_refused_with_the_place_of_the_byte()
    {
        byte[] body = [.. "{\"text\":\"a"u8, 0xC3, 0x28, .. "\"}"u8];
        using var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/json") } };

        var problem = await RunningServer.ProblemAsync(await server.Client.PostAsync("/v1/translate", content), HttpStatusCode.BadRequest);

        Assert.Contains("UTF-8 (byte 10)", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hundred_and_fifty_seven_texts_are_refused()
    {
        var body = JsonSerializer.Serialize(new { text = Enumerable.Repeat("a", 257), source = "en" });

        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync(body), HttpStatusCode.BadRequest);

        var message = problem.GetProperty("errors").GetProperty("text")[0].GetString();
        Assert.Contains("257 texts", message, StringComparison.Ordinal);
        Assert.Contains("1 to 256", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 10_001, "10001")]
    [InlineData(11, 9_999, "109989")]
    public async Task Text_over_the_limit_is_too_large(int texts, int length, string named)
    {
        var body = JsonSerializer.Serialize(new { text = Enumerable.Repeat(new string('a', length), texts), source = "en" });

        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync(body), HttpStatusCode.RequestEntityTooLarge);

        Assert.Contains(named, problem.GetProperty("errors").GetProperty("text")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attention_over_a_text_that_is_too_long_for_it_is_too_large()
    {
        var text = string.Join('\n', Enumerable.Repeat("abc", 2000));
        var body = JsonSerializer.Serialize(new { text, source = "en", include = (string[])["attention"] });

        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync(body), HttpStatusCode.RequestEntityTooLarge);

        Assert.Contains("the most is 4000000", problem.GetProperty("errors").GetProperty("include")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_too_large()
    {
        // The server answers from the length alone; a client that asks first does not have its connection cut while it still sends.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Headers.ExpectContinue = true;
        request.Content = RunningServer.Json($$"""{ "text": "{{new string('a', 1_100_000)}}" }""");

        var problem = await RunningServer.ProblemAsync(await server.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge);

        Assert.Contains("1048576 bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData(null)]
    public async Task Another_content_type_is_unsupported(string? type)
    {
        using var content = new ByteArrayContent("""{ "text": "a" }"""u8.ToArray());
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        var answer = await server.Client.PostAsync("/v1/translate", content);
        var problem = await RunningServer.ProblemAsync(answer, HttpStatusCode.UnsupportedMediaType);

        Assert.Equal($"The content type '{type}' is not accepted; send application/json.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("Request-Timeout", "0", "1 to 600000")]
    [InlineData("Request-Timeout", "-5", "1 to 600000")]
    [InlineData("Request-Timeout", "soon", "1 to 600000")]
    [InlineData("Request-Timeout", "600001", "1 to 600000")]
    [InlineData("Request-Priority", "high", "interactive or bulk")]
    [InlineData("Request-Priority", "", "interactive or bulk")]
    public async Task A_header_outside_its_range_is_refused(string header, string value, string allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json("""{ "text": "a", "source": "en" }""");
        request.Headers.Add(header, value);

        var problem = await RunningServer.ProblemAsync(await server.Client.SendAsync(request), HttpStatusCode.BadRequest);

        var message = problem.GetProperty("errors").GetProperty(header)[0].GetString();
        Assert.Contains($"'{value}'", message, StringComparison.Ordinal);
        Assert.Contains(allowed, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_route_is_a_problem_too()
    {
        var problem = await RunningServer.ProblemAsync(await server.Client.GetAsync("/v2/translate"), HttpStatusCode.NotFound);

        Assert.Contains("/v2/translate", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_method_names_the_right_one()
    {
        var response = await server.Client.GetAsync("/v1/translate");

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.MethodNotAllowed);
        Assert.Contains("POST", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_body_full_of_unknown_fields_gets_a_short_answer()
    {
        var fields = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"{new string('x', 100)}{i}\": 1"));

        var response = await server.TranslateAsync($$"""{ "text": "a", {{fields}} }""");

        await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.True(Encoding.UTF8.GetByteCount(await response.Content.ReadAsStringAsync()) < 8192);
    }
}
