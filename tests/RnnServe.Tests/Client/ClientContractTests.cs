using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RnnServe.Client;

namespace RnnServe.Tests.Client;

/// <summary>The client's records against the server's OpenAPI document: a field that the server gains is missed here.</summary>
public sealed class ClientContractTests(ClientServer running) : IClassFixture<ClientServer>
{
    private static readonly Dictionary<string, JsonTypeInfo> Schemas = new()
    {
        ["TranslateRequest"] = ClientJson.Default.TranslateRequest,
        ["TranslateResponse"] = ClientJson.Default.TranslateResponse,
        ["CaptionResponse"] = ClientJson.Default.CaptionResponse,
        ["ClassifyRequest"] = ClientJson.Default.ClassifyRequest,
        ["ClassifyResponse"] = ClientJson.Default.ClassifyResponse,
        ["DetectRequest"] = ClientJson.Default.DetectRequest,
        ["DetectResponse"] = ClientJson.Default.DetectResponse,
        ["ModelsResponse"] = ClientJson.Default.ModelList,
        ["ModelBody"] = ClientJson.Default.ModelInfo,
    };

    public static TheoryData<string> Names => [.. Schemas.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task Every_field_of_the_document_is_one_of_the_client_and_of_its_type(string name)
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");
        var compared = new List<string>();

        Assert.Empty(Differences(schemas, schemas.GetProperty(name), Schemas[name], name, compared));

        Assert.True(compared.Count > 1, $"Only {compared.Count} fields were compared.");
    }

    [Fact]
    public async Task An_exception_has_what_a_problem_has_but_for_what_a_caller_knows()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");

        var differences = Differences(schemas, schemas.GetProperty("ProblemBody"), ClientJson.Default.Problem, "ProblemBody", []);

        Assert.Equal(["ProblemBody.instance: absent", "ProblemBody.type: absent"], differences.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_option_of_a_caption_is_one_of_the_client()
    {
        var operation = (await DocumentAsync()).GetProperty("paths").GetProperty("/v1/caption").GetProperty("post");
        var query = operation.GetProperty("parameters").EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query");

        var options = ClientJson.Default.CaptionOptions.Properties.SelectMany(property => property.Name == "sampling"
            ? ClientJson.Default.Sampling.Properties.Select(of => $"sampling.{of.Name}")
            : [property.Name]);

        Assert.Equal(query.Select(p => p.GetProperty("name").GetString()).Order(StringComparer.Ordinal), options.Order(StringComparer.Ordinal));
    }

    private async Task<JsonElement> DocumentAsync() =>
        JsonDocument.Parse(await running.Server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;

    private static List<string> Differences(JsonElement schemas, JsonElement schema, JsonTypeInfo type, string place, List<string> compared)
    {
        var found = new List<string>();
        schema = Resolve(schemas, schema);
        if (schema.TryGetProperty("items", out var items))
            return Differences(schemas, items, ClientJson.Default.GetTypeInfo(type.ElementType!)!, $"{place}[]", compared);
        if (!schema.TryGetProperty("properties", out var fields))
            return [.. Fits(schema, type) ? [] : (string[])[$"{place}: {type.Type}"]];
        foreach (var field in fields.EnumerateObject())
        {
            compared.Add(field.Name);
            string at = $"{place}.{field.Name}";
            var property = type.Properties.FirstOrDefault(p => p.Name == field.Name);
            found.AddRange(property is null
                ? [$"{at}: absent"]
                : Differences(schemas, field.Value, ClientJson.Default.GetTypeInfo(property.PropertyType)!, at, compared));
        }

        return found;
    }

    private static JsonElement Resolve(JsonElement schemas, JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? schemas.GetProperty(reference.GetString()!.Split('/')[^1]) : schema;

    private static bool Fits(JsonElement schema, JsonTypeInfo type)
    {
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        string? format = schema.TryGetProperty("format", out var f) ? f.GetString() : null;
        return (schema.TryGetProperty("type", out var t) ? t.GetString() : "texts") switch
        {
            "string" => plain == typeof(string),
            "boolean" => plain == typeof(bool),
            "integer" => plain == (format == "int64" ? typeof(long) : typeof(int)),
            "number" => plain == (format == "float" ? typeof(float) : typeof(double)),
            "object" => type.Kind == JsonTypeInfoKind.Dictionary,
            "texts" => type.ElementType == typeof(string),
            _ => false,
        };
    }
}
