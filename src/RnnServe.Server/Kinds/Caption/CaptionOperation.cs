using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Server.Http;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Search;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Kinds.Caption;

/// <summary>Describes the caption request, which its handler reads by itself: options in the address, images in the body.</summary>
internal static class CaptionOperation
{
    public static async Task Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var options = await context.GetOrCreateSchemaAsync(typeof(CaptionRequest), null, cancellation);
        operation.Parameters ??= [];
        foreach (var (name, option) in PropertiesOf(options).Where(property => property.Key != "sampling"))
            operation.Parameters.Add(Parameter(name, SchemaText.WithoutNull(option)));
        var sampling = await context.GetOrCreateSchemaAsync(typeof(SamplingRequest), null, cancellation);
        foreach (var (name, option) in PropertiesOf(sampling))
            operation.Parameters.Add(Parameter($"sampling.{name}", SchemaText.WithoutNull(option)));

        var content = ImageBody.Types.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = File() });
        var limits = context.ApplicationServices.GetRequiredService<IOptions<LimitsOptions>>().Value;
        content[ImageBody.Form] = new OpenApiMediaType { Schema = Form(limits.MaxImages) };
        operation.RequestBody = new OpenApiRequestBody
        {
            Description = "One image as it is, or a form with one or more of them.",
            Required = true,
            Content = content,
        };
    }

    private static IDictionary<string, IOpenApiSchema> PropertiesOf(OpenApiSchema request) =>
        request.Properties ?? throw new InvalidOperationException("The request has no fields.");

    private static OpenApiParameter Parameter(string name, IOpenApiSchema schema)
    {
        var parameter = new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Query,
            Description = schema.Description,
            Schema = schema,
        };
        if (schema is OpenApiSchema described)
            described.Description = null;
        return parameter;
    }

    private static OpenApiSchema Form(int mostImages) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "image" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["image"] = new OpenApiSchema
            {
                Description = "JPEG, PNG, WebP or GIF files; the options may be fields beside them.",
                Type = JsonSchemaType.Array,
                Items = File(),
                MinItems = 1,
                MaxItems = mostImages,
            },
        },
    };

    private static OpenApiSchema File() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
