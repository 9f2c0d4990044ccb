using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>Describes the route of <see cref="HuggingFaceDoor"/>, whose handler reads and writes two forms.</summary>
internal static class HuggingFaceOperation
{
    public static async Task Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var content = ImageBody.Types.ToDictionary(type => type, _ => new OpenApiMediaType
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
        });
        content[DoorBody.Json] = new()
        {
            Schema = await SchemaAsync<HuggingFaceRequest>(),
            Example = JsonNode.Parse("""{ "inputs": "A dog runs through the grass." }"""),
        };
        operation.RequestBody = new OpenApiRequestBody { Description = "Texts as JSON, or an image.", Required = true, Content = content };
        operation.Responses!["200"] = new OpenApiResponse
        {
            Description = "Translations, or the caption of the image: as an object for their library for JavaScript from 4.13.14 on.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [DoorBody.Json] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        OneOf =
                        [
                            await SchemaAsync<IReadOnlyList<HuggingFaceTranslation>>(),
                            await SchemaAsync<HuggingFaceCaption>(),
                            await SchemaAsync<IReadOnlyList<HuggingFaceCaption>>(),
                        ],
                    },
                },
            },
        };

        async Task<OpenApiSchema> SchemaAsync<T>() => await context.GetOrCreateSchemaAsync(typeof(T), null, cancellation);
    }
}
