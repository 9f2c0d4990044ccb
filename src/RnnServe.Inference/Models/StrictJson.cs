using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RnnServe.Inference.Models;

/// <summary>Reads JSON into records and refuses what they do not describe, naming the field, what was found and what was
/// expected.</summary>
/// <remarks>The serializer alone ignores an unknown field or reports it without the valid names; a typing error must not become a
/// default.</remarks>
internal static class StrictJson
{
    /// <summary>Reads a value whose types come from a source-generated context.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="type">The type's description.</param>
    /// <exception cref="StrictJsonException">The text is not JSON, or not JSON of this type.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
    {
        JsonDocument document;
        try
        {
            var reader = new Utf8JsonReader(json);
            document = JsonDocument.ParseValue(ref reader);
            if (reader.Read())
                throw new StrictJsonException("", "more behind the first value", "one JSON value");
        }
        catch (JsonException error)
        {
            throw new StrictJsonException("", error.Message.TrimEnd('.'), "JSON", error);
        }

        using (document)
        {
            Check(document.RootElement, type, "");
            try
            {
                return document.Deserialize(type) ?? throw new StrictJsonException("", "null", Describe(type.Type));
            }
            catch (JsonException error)
            {
                throw new StrictJsonException(error.Path?.TrimStart('$', '.') ?? "", error.Message.TrimEnd('.'), "a valid value", error);
            }
        }
    }

    private static void Check(JsonElement value, JsonTypeInfo type, string path)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                Expect(value, JsonValueKind.Object, type.Type, path);
                CheckObject(value, type, path);
                break;
            case JsonTypeInfoKind.Enumerable:
                Expect(value, JsonValueKind.Array, type.Type, path);
                var element = type.Options.GetTypeInfo(type.ElementType!);
                int index = 0;
                foreach (var item in value.EnumerateArray())
                    Check(item, element, $"{path}[{index++}]");
                break;
            case JsonTypeInfoKind.None:
                CheckLeaf(value, Nullable.GetUnderlyingType(type.Type) ?? type.Type, path);
                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonTypeInfo type, string path)
    {
        var properties = type.Properties.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            string fieldPath = Join(path, field.Name);
            if (!properties.TryGetValue(field.Name, out var property))
            {
                string nearest = NearestName.Of(field.Name, properties.Keys);
                throw new StrictJsonException(fieldPath, "an unknown field", $"a known one such as '{nearest}'");
            }

            if (!seen.Add(field.Name))
                throw new StrictJsonException(fieldPath, "the field twice", "it once");
            if (field.Value.ValueKind == JsonValueKind.Null && MayBeNull(property))
                continue;
            Check(field.Value, type.Options.GetTypeInfo(property.PropertyType), fieldPath);
        }

        foreach (var property in type.Properties)
        {
            if (property.IsRequired && !seen.Contains(property.Name))
                throw new StrictJsonException(Join(path, property.Name), "nothing", Describe(property.PropertyType));
        }
    }

    private static bool MayBeNull(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsSetNullable;

    private static void CheckLeaf(JsonElement value, Type type, string path)
    {
        bool fits = Type.GetTypeCode(type) switch
        {
            TypeCode.String => value.ValueKind == JsonValueKind.String,
            TypeCode.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ when value.ValueKind != JsonValueKind.Number => false,
            TypeCode.Int32 => value.TryGetInt32(out _),
            TypeCode.Int64 => value.TryGetInt64(out _),
            TypeCode.UInt64 => value.TryGetUInt64(out _),
            TypeCode.Single => value.TryGetSingle(out float number) && float.IsFinite(number),
            TypeCode.Double => value.TryGetDouble(out double number) && double.IsFinite(number),
            _ => throw new NotSupportedException($"{type} at {path}"),
        };
        if (!fits)
            throw new StrictJsonException(path, Found(value), Describe(type));
    }

    private static void Expect(JsonElement value, JsonValueKind kind, Type type, string path)
    {
        if (value.ValueKind != kind)
            throw new StrictJsonException(path, Found(value), Describe(type));
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Short(value.GetRawText()),
    };

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => "a text",
            TypeCode.Boolean => "true or false",
            TypeCode.Int32 or TypeCode.Int64 => "an integer",
            TypeCode.UInt64 => "an integer of 0 or more",
            TypeCode.Single or TypeCode.Double => "a number",
            _ => type.IsGenericType || type.IsArray ? "a list" : "an object",
        };
    }
}

/// <summary>JSON that is not what a record describes.</summary>
/// <param name="field">Path of the field, as in <c>decoder.states[0].size</c>; empty for the whole text.</param>
/// <param name="found">What is there.</param>
/// <param name="expected">What should be there.</param>
/// <param name="inner">The error behind this one.</param>
internal sealed class StrictJsonException(string field, string found, string expected, Exception? inner = null)
    : Exception($"{(field.Length > 0 ? field + ": " : "")}found {found}, expected {expected}.", inner)
{
    public string Field { get; } = field;

    public string Found { get; } = found;

    public string Expected { get; } = expected;
}
