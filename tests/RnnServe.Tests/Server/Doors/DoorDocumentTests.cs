using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace RnnServe.Tests.Server.Doors;

/// <summary>Open doors are in the OpenAPI document, closed ones neither there nor anywhere.</summary>
[Collection(nameof(OpenDoors))]
public sealed partial class DoorDocumentTests(OpenDoors doors, TwoModels closed) : IClassFixture<TwoModels>
{
    private static readonly string[] Routes =
    [
        "get /frontend/settings", "get /languages", "get /model/metadata", "get /v2", "get /v2/health/live", "get /v2/health/ready",
        "get /v2/languages", "get /v2/models/{name}", "get /v2/models/{name}/ready", "get /v2/models/{name}/versions/{version}",
        "get /v2/models/{name}/versions/{version}/ready", "get /v2/usage", "post /detect", "post /model/predict", "post /models/{name}", "post /translate",
        "post /v2/models/{name}/infer", "post /v2/models/{name}/versions/{version}/infer", "post /v2/repository/index",
        "post /v2/translate",
    ];

    [Fact]
    public async Task The_document_with_all_doors_is_valid_openapi()
    {
        string json = await doors.Server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        var (document, diagnostic) = OpenApiDocument.Parse(json, OpenApiConstants.Json);

        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Empty(document!.Validate(ValidationRuleSet.GetDefaultRuleSet()));
    }

    [Fact]
    public async Task Each_route_is_there_with_tag_summary_and_description()
    {
        var document = await DocumentAsync(doors.Server);
        var tags = document.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToHashSet();

        var operations = Operations(document).Where(one => !OwnRoute().IsMatch(one.Route)).ToList();

        Assert.Equal(Routes, operations.Select(one => one.Route).Order(StringComparer.Ordinal));
        Assert.All(operations, one =>
        {
            Assert.Contains(Assert.Single(one.Operation.GetProperty("tags").EnumerateArray()).GetString(), tags);
            Assert.NotEqual("", one.Operation.GetProperty("summary").GetString());
            Assert.NotEqual("", one.Operation.GetProperty("description").GetString());
        });
    }

    [Fact]
    public async Task Every_field_has_a_description_every_value_an_example_and_every_number_a_range()
    {
        var document = await DocumentAsync(doors.Server);

        var fields = document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => schema.Value.TryGetProperty("properties", out _))
            .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject().Select(p => ($"{schema.Name}.{p.Name}", p.Value)))
            .ToList();

        Assert.Empty(fields.Where(f => !f.Value.TryGetProperty("description", out _)).Select(f => f.Item1));
        Assert.Empty(fields.Where(f => IsValue(f.Value) && !f.Value.TryGetProperty("examples", out _)).Select(f => f.Item1));
        Assert.Empty(fields.Where(f => IsNumber(f.Value) && !f.Value.TryGetProperty("minimum", out _)).Select(f => f.Item1)
            .Except(["AlternativeBody.score", "TranslationBody.score", "CaptionBody.score", "TokenBody.logProb"]));
    }

    [Theory]
    [InlineData("/v2/translate"), InlineData("/translate"), InlineData("/models/{name}"), InlineData("/v2/models/{name}/infer")]
    public async Task The_example_works(string path)
    {
        var content = (await DocumentAsync(doors.Server)).GetProperty("paths").GetProperty(path).GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json");
        var example = content.TryGetProperty("example", out var one)
            ? one
            : Assert.Single(content.GetProperty("examples").EnumerateObject()).Value.GetProperty("value");

        string address = path.Replace("{name}", "tiny-en-de", StringComparison.Ordinal);
        await RunningServer.OkAsync(await doors.Server.Client.PostAsync(address, RunningServer.Json(example.GetRawText())));
    }

    [Fact]
    public async Task LibreTranslates_answer_has_a_form_for_a_string_and_one_for_an_array_without_limits_of_the_request()
    {
        var forms = (await DocumentAsync(doors.Server)).GetProperty("paths").GetProperty("/translate").GetProperty("post")
            .GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema")
            .GetProperty("oneOf");

        foreach (string name in (string[])["translatedText", "detectedLanguage"])
        {
            var isArray = forms.EnumerateArray().Select(form => TypeOf(form.GetProperty("properties").GetProperty(name)) == "array");
            Assert.Equal([false, true], isArray);
        }

        foreach (string limit in (string[])["minLength", "maxLength", "minItems", "maxItems", "\"null\""])
            Assert.DoesNotContain(limit, forms.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_door_has_neither_routes_nor_a_chapter_nor_its_form_of_refusals()
    {
        var document = await DocumentAsync(closed.Server);

        Assert.Empty(Operations(document).Select(one => one.Route).Intersect(Routes));
        Assert.DoesNotContain("DeepL", document.GetProperty("tags").GetRawText(), StringComparison.Ordinal);
        foreach (string path in (string[])["/v2/languages", "/languages", "/model/metadata", "/v2"])
        {
            var problem = await RunningServer.ProblemAsync(await closed.Server.Client.GetAsync(path), HttpStatusCode.NotFound);
            Assert.False(problem.TryGetProperty("error", out _));
        }
    }

    [Fact]
    public async Task Refusals_of_this_servers_own_routes_stay_as_they_are()
    {
        var problem = await RunningServer.ProblemAsync(await doors.Server.TranslateAsync("{}"), HttpStatusCode.BadRequest);

        Assert.False(problem.TryGetProperty("error", out _));
    }

    private static IEnumerable<(string Route, JsonElement Operation)> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => ($"{operation.Name} {path.Name}", operation.Value)));

    private static async Task<JsonElement> DocumentAsync(RunningServer server) =>
        JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;

    [GeneratedRegex("^[a-z]+ /(v1|health)/")]
    private static partial Regex OwnRoute();

    private static bool IsValue(JsonElement schema) => IsNumber(schema) || TypeOf(schema) is "string" or "boolean";

    private static bool IsNumber(JsonElement schema) => TypeOf(schema) is "integer" or "number";

    private static string? TypeOf(JsonElement schema) =>
        schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
}
