using System.Text.Json;
using Microsoft.OpenApi;
using RnnServe.Server.Settings;

namespace RnnServe.Tests.Server;

public class OpenApiTests(TwoModels two) : IClassFixture<TwoModels>
{
    private readonly RunningServer server = two.Server;

    [Fact]
    public async Task The_document_is_valid_openapi()
    {
        var json = await server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        var (document, diagnostic) = OpenApiDocument.Parse(json, OpenApiConstants.Json);

        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic.SpecificationVersion);
        Assert.Empty(document!.Validate(ValidationRuleSet.GetDefaultRuleSet()));
    }

    [Fact]
    public async Task Every_route_is_in_the_document_with_a_summary_and_a_description()
    {
        var document = await DocumentAsync();

        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (Route: $"{o.Name} {p.Name}", Operation: o.Value))).ToList();

        Assert.Equal(
            ["get /health/live", "get /health/ready", "get /v1/models", "get /v1/models/{name}", "post /v1/caption", "post /v1/classify", "post /v1/detect",
                "post /v1/models/{name}/reload", "post /v1/models/{name}/unload", "post /v1/translate"],
            operations.Select(o => o.Route).Order(StringComparer.Ordinal));
        Assert.All(operations, o => Assert.NotEqual("", o.Operation.GetProperty("summary").GetString()));
        Assert.All(operations, o => Assert.NotEqual("", o.Operation.GetProperty("description").GetString()));
        Assert.All(operations.SelectMany(o => Parameters(o.Operation)), p => Assert.NotEqual("", p.GetProperty("description").GetString()));
    }

    [Fact]
    public async Task Every_field_has_a_description()
    {
        var missing = Fields(await DocumentAsync()).Where(f => !f.Schema.TryGetProperty("description", out _)).Select(f => f.Name);

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Every_value_has_an_example()
    {
        var document = await DocumentAsync();

        var missing = Fields(document).Where(f => IsValue(f.Schema) && !f.Schema.TryGetProperty("examples", out _)).Select(f => f.Name);

        Assert.Empty(missing);
        Assert.True(document.GetProperty("components").GetProperty("schemas").GetProperty("Texts").TryGetProperty("examples", out _));
    }

    [Fact]
    public async Task Every_number_has_a_range()
    {
        var numbers = Fields(await DocumentAsync()).Where(f => TypeOf(f.Schema) is "integer" or "number").ToList();

        var missing = numbers.Where(f => !f.Schema.TryGetProperty("minimum", out _) && !f.Schema.TryGetProperty("maximum", out _));

        Assert.NotEmpty(numbers);
        Assert.Empty(missing.Select(f => f.Name));
    }

    [Theory]
    [InlineData("beamSize", 1, 16)]
    [InlineData("alternatives", 0, 15)]
    [InlineData("lengthPenalty", 0, 2)]
    [InlineData("coveragePenalty", 0, 2)]
    [InlineData("maxLength", 1, 512)]
    public async Task The_documented_range_of_a_field_is_the_one_that_is_checked(string field, int minimum, int maximum)
    {
        var schema = Fields(await DocumentAsync()).Single(f => f.Name == $"TranslateRequest.{field}").Schema;

        Assert.Equal(minimum, schema.GetProperty("minimum").GetInt32());
        Assert.Equal(maximum, schema.GetProperty("maximum").GetInt32());
        foreach (var (value, accepted) in ((int, bool)[])[(minimum - 1, false), (minimum, true), (maximum, true), (maximum + 1, false)])
        {
            // The widest beam, so that no number of alternatives is too many for it.
            var beam = field == "beamSize" ? "" : "\"beamSize\": 16, ";
            var response = await server.TranslateAsync($$"""{ "text": "a", "source": "en", {{beam}}"{{field}}": {{value}} }""");
            Assert.Equal(accepted ? System.Net.HttpStatusCode.OK : System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_text_is_a_string_or_an_array_of_strings()
    {
        var document = await DocumentAsync();

        var forms = document.GetProperty("components").GetProperty("schemas").GetProperty("Texts").GetProperty("oneOf");

        Assert.Equal(["string", "array"], forms.EnumerateArray().Select(TypeOf));
        Assert.Equal(256, forms[1].GetProperty("maxItems").GetInt32());
    }

    [Fact]
    public async Task Every_example_request_of_the_document_works()
    {
        var document = await DocumentAsync();
        var examples = document.GetProperty("paths").GetProperty("/v1/translate").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");

        Assert.NotEmpty(examples.EnumerateObject());
        foreach (var example in examples.EnumerateObject())
            await RunningServer.OkAsync(await server.TranslateAsync(example.Value.GetProperty("value").GetRawText()));
    }

    [Fact]
    public async Task The_caption_request_is_an_image_of_any_type_or_a_form_of_images()
    {
        var content = (await CaptionAsync()).GetProperty("requestBody").GetProperty("content");

        Assert.Equal(
            ["image/jpeg", "image/png", "image/webp", "image/gif", "multipart/form-data"], content.EnumerateObject().Select(c => c.Name));
        Assert.Equal("binary", content.GetProperty("image/jpeg").GetProperty("schema").GetProperty("format").GetString());
        var files = content.GetProperty("multipart/form-data").GetProperty("schema").GetProperty("properties").GetProperty("image");
        Assert.Equal("binary", files.GetProperty("items").GetProperty("format").GetString());
        Assert.Equal(new LimitsOptions().MaxImages, files.GetProperty("maxItems").GetInt32());
    }

    [Theory]
    [InlineData("beamSize", 1, 16)]
    [InlineData("alternatives", 0, 15)]
    [InlineData("lengthPenalty", 0, 2)]
    [InlineData("maxLength", 1, 512)]
    [InlineData("sampling.topK", 0, 1_000_000)]
    public async Task The_options_of_a_caption_are_in_the_address_with_their_ranges(string name, int minimum, int maximum)
    {
        var parameters = (await CaptionAsync()).GetProperty("parameters").EnumerateArray().ToList();

        Assert.Equal(
            ["model", "language", "beamSize", "alternatives", "lengthPenalty", "maxLength", "include",
                "sampling.temperature", "sampling.topK", "sampling.topP", "sampling.seed", "Request-Timeout", "Request-Priority"],
            parameters.Select(p => p.GetProperty("name").GetString()));
        Assert.All(parameters, p => Assert.NotEqual("", p.GetProperty("description").GetString()));
        var schema = parameters.Single(p => p.GetProperty("name").GetString() == name).GetProperty("schema");
        Assert.Equal((minimum, maximum), (schema.GetProperty("minimum").GetInt32(), schema.GetProperty("maximum").GetInt32()));
        Assert.Contains(TypeOf(schema), (string[])["integer", "number"]);
    }

    private async Task<JsonElement> CaptionAsync() =>
        (await DocumentAsync()).GetProperty("paths").GetProperty("/v1/caption").GetProperty("post");

    private async Task<JsonElement> DocumentAsync() =>
        JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;

    private static JsonElement.ArrayEnumerator Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default;

    private static List<(string Name, JsonElement Schema)> Fields(JsonElement document) =>
        [.. document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(s => s.Value.TryGetProperty("properties", out _))
            .SelectMany(s => s.Value.GetProperty("properties").EnumerateObject().Select(p => ($"{s.Name}.{p.Name}", p.Value)))];

    /// <summary>A string, number or truth value: what is made of other fields has its examples there.</summary>
    private static bool IsValue(JsonElement schema) => TypeOf(schema) is "string" or "integer" or "number" or "boolean";

    private static string? TypeOf(JsonElement schema) => schema.TryGetProperty("type", out var type) ? type.GetString() : null;
}
