using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.OpenApi;

/// <summary>Adds to the generated schemas what the types alone do not say.</summary>
internal static class SchemaText
{
    public static Task Apply(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        if (context.JsonTypeInfo.Type == typeof(Texts))
            DescribeTexts(schema, context.ApplicationServices.GetRequiredService<IOptions<LimitsOptions>>().Value);

        if (context.JsonTypeInfo.Type.IsAssignableTo(typeof(ITextRequest)) || context.JsonTypeInfo.Type.IsAssignableTo(typeof(IFieldGroup)))
            schema.AdditionalPropertiesAllowed = false;

        foreach (object attribute in context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [])
            Describe(schema, attribute);

        return Task.CompletedTask;
    }

    /// <summary>An absent field is left out, never null: "type": ["null", "string"] would promise what no answer has.</summary>
    public static void LeaveOutNulls(OpenApiDocument document)
    {
        foreach (var schema in document.Components?.Schemas?.Values ?? [])
        {
            if (schema.Properties is not { } properties)
                continue;

            foreach (var (name, property) in properties.ToList())
                properties[name] = WithoutNull(property);
        }
    }

    public static IOpenApiSchema WithoutNull(IOpenApiSchema property)
    {
        if (property.OneOf is [OpenApiSchema { Type: JsonSchemaType.Null }, var other])
            return other;

        if (property is OpenApiSchema schema)
            schema.Type &= ~JsonSchemaType.Null;

        return property;
    }

    private static void Describe(OpenApiSchema schema, object attribute)
    {
        switch (attribute)
        {
            case AllowedItemsAttribute words when schema.Items is OpenApiSchema items:
                items.Enum = [.. words.Items.Select(w => (JsonNode)w)];
                break;
            case AllowedValuesAttribute words:
                schema.Enum = [.. words.Values.Select(w => (JsonNode)(string)w!)];
                schema.Examples ??= [schema.Enum[0].DeepClone()];
                break;
            case BoundsAttribute bounds:
                schema.Minimum = Number(bounds.Minimum);
                schema.Maximum = Number(bounds.Maximum);
                break;
        }
    }

    private static string? Number(double value) => double.IsNaN(value) ? null : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A string, or an array of strings.</summary>
    private static void DescribeTexts(OpenApiSchema schema, LimitsOptions limits)
    {
        schema.Type = null;
        schema.Properties = null;
        schema.Required = null;
        schema.OneOf =
        [
            Text(limits),
            new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text(limits), MinItems = 1, MaxItems = limits.MaxTexts },
        ];
        schema.Examples = ["A dog runs through the grass."];
    }

    private static OpenApiSchema Text(LimitsOptions limits) =>
        new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = limits.MaxCharactersPerText };
}
