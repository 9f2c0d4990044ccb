using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Inference.Bundles;

/// <summary>Reads JSON into records and refuses what they do not describe or what breaks a rule of a property, naming the field, what
/// was found and what was expected.</summary>
/// <remarks>The serializer alone ignores an unknown field or reports it without the valid names; a typing error must not become a
/// default.</remarks>
internal static class StrictJson
{
    // Letters beyond ASCII are written as they are: the files are read by people, not embedded in HTML.
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Reads a record from UTF-8 text.</summary>
    /// <exception cref="StrictJsonException">The text is not JSON of this type, or a property's rule is broken.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json) => (T)Read(json, default, _ => typeof(T));

    /// <summary>Reads a record whose type depends on what the text says.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="options">Whether comments and trailing commas are allowed.</param>
    /// <param name="type">Gives the record's type.</param>
    /// <exception cref="StrictJsonException">The text is not JSON of this type, or a property's rule is broken.</exception>
    public static object Read(ReadOnlyMemory<byte> json, JsonDocumentOptions options, Func<JsonElement, Type> type)
    {
        try
        {
            using var document = JsonDocument.Parse(json, options);
            return Bind(document.RootElement, type(document.RootElement), "");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter for half a surrogate pair in a name.
            throw new StrictJsonException("", error.Message.TrimEnd('.'), "JSON", error);
        }
    }

    /// <summary>The value as JSON that can be read back: indented, a line feed at the end.</summary>
    public static string Write(object value) => JsonSerializer.Serialize(value, value.GetType(), Written) + "\n";

    /// <summary>What is there, short enough for a message.</summary>
    public static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => $"a list of {value.GetArrayLength()}",
        _ => value.GetRawText() is { Length: > 60 } text ? text[..60] + "..." : value.GetRawText(),
    };

    public static string OneOf(IEnumerable<object?> values) =>
        $"one of {string.Join(", ", values.Select(value => value is string ? $"\"{value}\"" : FormattableString.Invariant($"{value}")))}";

    /// <summary>What a rule asks for, as it follows "expected".</summary>
    public static string Describe(ValidationAttribute rule) => rule switch
    {
        AllowedValuesAttribute allowed => OneOf(allowed.Values),
        { ErrorMessage: { } wording } => wording,
        RangeAttribute { Maximum: double.MaxValue } range => FormattableString.Invariant($"{range.Minimum} or more"),
        RangeAttribute range => FormattableString.Invariant($"{range.Minimum} to {range.Maximum}"),
        RegularExpressionAttribute pattern => $"the form {pattern.Pattern}",
        MinLengthAttribute least => $"a list of {least.Length} or more",
        MaxLengthAttribute most => $"a list of at most {most.Length}",
        LengthAttribute length when length.MinimumLength == length.MaximumLength => $"a list of {length.MinimumLength}",
        RequiredAttribute => "a text that is not empty",
        _ => throw new NotSupportedException($"{rule.GetType().Name} has no wording."),
    };

    // One text stands for a list of one.
    private static object Bind(JsonElement value, Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        object? bound = value.ValueKind switch
        {
            JsonValueKind.Object when type.IsClass && type != typeof(string) => BindObject(value, type, path),
            JsonValueKind.Array when ItemOf(type) is { } item => BindList(value, item, path),
            JsonValueKind.String when ItemOf(type) == typeof(string) => new[] { BindText(value, path) },
            JsonValueKind.String when type == typeof(string) => BindText(value, path),
            JsonValueKind.String when type.IsEnum => Members(type).FirstOrDefault(member => value.ValueEquals(NameOf(member))),
            JsonValueKind.True or JsonValueKind.False when type == typeof(bool) => value.GetBoolean(),
            JsonValueKind.Number when !type.IsEnum => BindNumber(value, type),
            _ => null,
        };
        return bound ?? throw new StrictJsonException(path, Found(value), Describe(type));
    }

    private static object BindObject(JsonElement value, Type type, string path)
    {
        object record = Activator.CreateInstance(type)!;
        var properties = type.GetProperties().Where(p => p.CanWrite).ToDictionary(NameOf, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            string fieldPath = Join(path, field.Name);
            if (!properties.TryGetValue(field.Name, out var property))
                throw Unknown(fieldPath, field.Name, properties.Keys);
            if (!seen.Add(field.Name))
                throw new StrictJsonException(fieldPath, "the field twice", "it once");

            bool isNull = field.Value.ValueKind == JsonValueKind.Null && MayBeNull(property);
            object? bound = isNull ? null : Bind(field.Value, property.PropertyType, fieldPath);
            Check(property, field.Value, bound, fieldPath);
            property.SetValue(record, bound);
        }

        foreach (var (name, property) in properties)
        {
            if (!seen.Contains(name) && IsRequired(property))
                throw new StrictJsonException(Join(path, name), "nothing", Describe(property.PropertyType));
        }

        return record;
    }

    private static Array BindList(JsonElement value, Type item, string path)
    {
        var list = Array.CreateInstance(item, value.GetArrayLength());
        for (int i = 0; i < list.Length; i++)
            list.SetValue(Bind(value[i], item, $"{path}[{i}]"), i);
        return list;
    }

    private static string BindText(JsonElement value, string path)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new StrictJsonException(path, error.Message.TrimEnd('.'), "valid Unicode", error);
        }
    }

    private static object? BindNumber(JsonElement value, Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 when value.TryGetInt32(out int number) => number,
        TypeCode.Int64 when value.TryGetInt64(out long number) => number,
        TypeCode.UInt64 when value.TryGetUInt64(out ulong number) => number,
        TypeCode.Single when value.TryGetSingle(out float number) && float.IsFinite(number) => number,
        TypeCode.Double when value.TryGetDouble(out double number) && double.IsFinite(number) => number,
        _ => null,
    };

    /// <summary>Checks the rules of a property; a range is one of each number of a list, and each text of a list is a word.</summary>
    private static void Check(PropertyInfo property, JsonElement value, object? bound, string path)
    {
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (bound is Array list && value.ValueKind == JsonValueKind.Array && rule is RangeAttribute or WordsAttribute)
            {
                for (int i = 0; i < list.Length; i++)
                    Check(rule, value[i], list.GetValue(i), $"{path}[{i}]");
            }
            else
            {
                Check(rule, value, bound, path);
            }
        }
    }

    private static void Check(ValidationAttribute rule, JsonElement value, object? bound, string path)
    {
        if (!rule.IsValid(bound))
            throw new StrictJsonException(path, Found(value), Describe(rule));
    }

    private static StrictJsonException Unknown(string path, string name, IEnumerable<string> known) =>
        new(path, "an unknown field", $"a known one such as '{NearestName.Of(name, known)}'");

    private static bool IsRequired(PropertyInfo property) =>
        property.IsDefined(typeof(RequiredMemberAttribute)) || property.IsDefined(typeof(RequiredAttribute));

    private static bool MayBeNull(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;

    private static IEnumerable<object> Members(Type type) => Enum.GetValues(type).Cast<object>();

    private static Type? ItemOf(Type type) => type.IsInterface ? type.GenericTypeArguments[0] : null;

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static string NameOf(object member) => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{member}");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Describe(Type type) => type switch
    {
        { IsEnum: true } => OneOf(Members(type).Select(NameOf)),
        _ when type == typeof(bool) => "true or false",
        _ when ItemOf(type) is { } item => $"a list of {Noun(item)}s",
        _ => Noun(type) is var noun && noun[0] is 'i' or 'o' ? $"an {noun}" : $"a {noun}",
    };

    private static string Noun(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => "text",
        TypeCode.Int32 or TypeCode.Int64 or TypeCode.UInt64 => "integer",
        TypeCode.Single or TypeCode.Double => "number",
        _ => "object",
    };
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
