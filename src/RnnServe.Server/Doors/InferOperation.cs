using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RnnServe.Server.Doors;

/// <summary>Describes what <see cref="InferReader"/> reads and <see cref="InferWriter"/> writes.</summary>
internal static class InferOperation
{
    public static async Task Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = InferReader.JsonLength,
            In = ParameterLocation.Header,
            Description = "Bytes of the JSON, where a tensor comes behind it.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "0" },
        });
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "JSON, or with the header JSON and a tensor behind it.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [DoorBody.Json] = new()
                {
                    Schema = await context.GetOrCreateSchemaAsync(typeof(InferRequest), null, cancellation),
                    Example = JsonNode.Parse("""
                        { "inputs": [{ "name": "text", "shape": [1], "datatype": "BYTES", "data": ["A dog runs through the grass."] }] }
                        """),
                },
                [MediaTypeNames.Application.Octet] = new() { Schema = File() },
            },
        };
        operation.Responses!["200"].Content![MediaTypeNames.Application.Octet] = new() { Schema = File() };
    }

    private static OpenApiSchema File() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
