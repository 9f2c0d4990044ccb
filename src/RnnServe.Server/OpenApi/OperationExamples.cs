using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RnnServe.Server.OpenApi;

/// <summary>Requests that can be sent as they are from Swagger UI, and the headers that no parameter of a handler shows.</summary>
internal static class OperationExamples
{
    public static Task Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (operation.OperationId == "Translate")
            DescribeTranslate(operation);

        if (operation.OperationId is "Translate" or "Caption")
            (operation.Parameters ??= []).Add(RequestTimeout());

        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(p => p.Name == "name") ?? [])
            parameter.Example = "multi30k-en-de";

        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status is "429" or "503" && response is OpenApiResponse described)
                described.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = RetryAfter() };
        }

        return Task.CompletedTask;
    }

    private static void DescribeTranslate(OpenApiOperation operation)
    {
        if (operation.RequestBody?.Content?["application/json"] is not OpenApiMediaType body)
            return;

        body.Examples = new Dictionary<string, IOpenApiExample>
        {
            ["sentence"] = Example("One sentence", """{ "text": "A dog runs through the grass.", "source": "en", "target": "de" }"""),
            ["texts"] = Example("Several texts, the next best translation of each, and the timing", """
                { "text": ["A dog runs through the grass.", "Two children play in the snow. They are happy."],
                  "source": "en", "target": "de", "beamSize": 5, "alternatives": 1, "include": ["timing"] }
                """),
            ["attention"] = Example("Tokens with their probabilities, and where each one looked", """
                { "text": "A man plays the guitar.", "source": "en", "target": "de", "include": ["tokens", "attention"] }
                """),
        };
    }

    private static OpenApiExample Example(string summary, string json) => new() { Summary = summary, Value = JsonNode.Parse(json) };

    private static OpenApiParameter RequestTimeout() => new()
    {
        Name = Hosting.RequestLifetime.TimeoutHeader,
        In = ParameterLocation.Header,
        Description =
            "How long the request may take, in milliseconds; after that the answer is 504. "
            + "The server's configuration has the default and the most.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = "3600000" },
        Example = 10_000,
    };

    private static OpenApiHeader RetryAfter() => new()
    {
        Description = "When to try again, in seconds; absent when waiting does not help.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" },
        Example = 1,
    };
}
