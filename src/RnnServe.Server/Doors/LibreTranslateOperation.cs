using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Server.OpenApi;

namespace RnnServe.Server.Doors;

/// <summary>Describes what <see cref="LibreTranslateDoor"/> answers: one form for a string, another for an array.</summary>
internal static class LibreTranslateOperation
{
    public static async Task Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.Responses!["200"] = new OpenApiResponse
        {
            Description = "The translation, or an array of them where q is one.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [DoorBody.Json] = new()
                {
                    Schema = new OpenApiSchema { OneOf = [await SchemaAsync<LibreResponse>(), await SchemaAsync<LibreTextsResponse>()] },
                },
            },
        };

        async Task<OpenApiSchema> SchemaAsync<T>()
        {
            var schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellation);
            if (schema.Properties is { } properties)
            {
                foreach (var (name, property) in properties.ToList())
                    properties[name] = SchemaText.WithoutNull(property);
            }

            return schema;
        }
    }
}
