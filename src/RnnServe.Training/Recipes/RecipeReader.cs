using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using RnnServe.Inference;

namespace RnnServe.Training.Recipes;

/// <summary>Binds JSON to settings records: unknown keys, wrong types and values out of range are errors that name key, value and range.</summary>
internal static class RecipeReader
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a recipe; comments and trailing commas are allowed.</summary>
    /// <exception cref="RecipeException">The text is not JSON or breaks a rule.</exception>
    public static T Read<T>(string json)
        where T : class, new()
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return (T)ReadObject(document.RootElement, typeof(T), "");
        }
        catch (JsonException error)
        {
            throw NoJson(error);
        }
    }

    /// <summary>Reads one key of a recipe alone: the one that decides how the others are read.</summary>
    /// <exception cref="RecipeException">The text is not JSON, or the key's value is none of <paramref name="values"/>.</exception>
    public static string ReadChoice(string json, string key, IReadOnlyCollection<string> values)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Wrong("The recipe", document.RootElement, "an object");
            if (!document.RootElement.TryGetProperty(key, out var element))
                throw new RecipeException($"Key '{key}' is missing.");
            return element.ValueKind == JsonValueKind.String && values.Contains(element.GetString()!)
                ? element.GetString()!
                : throw Wrong(key, element, $"one of {Quoted(values)}");
        }
        catch (JsonException error)
        {
            throw NoJson(error);
        }
    }

    private static object ReadObject(JsonElement element, Type type, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Wrong(path.Length == 0 ? "The recipe" : path, element, "an object");

        object settings = Activator.CreateInstance(type)!;
        var properties = type.GetProperties().Where(p => p.CanWrite).ToDictionary(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in element.EnumerateObject())
        {
            string key = Join(path, entry.Name);
            if (!properties.TryGetValue(entry.Name, out var property))
                throw new RecipeException($"Unknown key '{key}'. Did you mean '{Join(path, NearestName.Of(entry.Name, properties.Keys))}'?");
            if (!seen.Add(entry.Name))
                throw new RecipeException($"Key '{key}' is given twice.");

            object? value = ReadValue(entry.Value, property.PropertyType, key);
            Check(property, value, key);
            property.SetValue(settings, value);
        }

        var missing = properties.FirstOrDefault(p => p.Value.IsDefined(typeof(RequiredAttribute)) && !seen.Contains(p.Key));
        return missing.Key is null ? settings : throw new RecipeException($"Key '{Join(path, missing.Key)}' is missing.");
    }

    private static object? ReadValue(JsonElement element, Type type, string key)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return element.ValueKind == JsonValueKind.String ? element.GetString() : throw Wrong(key, element, "a string");
        if (type == typeof(bool))
            return element.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? element.GetBoolean()
                : throw Wrong(key, element, "true or false");
        if (type == typeof(int))
            return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int whole)
                ? whole
                : throw Wrong(key, element, "a whole number");
        if (type == typeof(double))
            return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number)
                ? number
                : throw Wrong(key, element, "a number");
        if (type.IsEnum)
            return ReadEnum(element, type, key);
        if (type == typeof(IReadOnlyList<string>))
            return ReadStrings(element, key);
        if (type == typeof(IReadOnlyList<int>))
            return ReadList<int>(element, key, "a list of whole numbers");
        if (type == typeof(IReadOnlyList<double>))
            return ReadList<double>(element, key, "a list of numbers");
        return ReadObject(element, type, key);
    }

    private static object ReadEnum(JsonElement element, Type type, string key)
    {
        var values = Enum.GetValues(type).Cast<object>().ToDictionary(v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()!));
        if (element.ValueKind == JsonValueKind.String && values.TryGetValue(element.GetString()!, out object? value))
            return value;
        throw Wrong(key, element, $"one of {Quoted(values.Keys)}");
    }

    /// <summary>A list of strings; one string alone is a list of one.</summary>
    private static string[] ReadStrings(JsonElement element, string key) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => [.. element.EnumerateArray().Select((item, i) => (string)ReadValue(item, typeof(string), $"{key}[{i}]")!)],
        _ => throw Wrong(key, element, "a string or a list of strings"),
    };

    private static T[] ReadList<T>(JsonElement element, string key, string expected) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().Select((item, i) => (T)ReadValue(item, typeof(T), $"{key}[{i}]")!)]
        : throw Wrong(key, element, expected);

    private static void Check(PropertyInfo property, object? value, string key)
    {
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            // The range of a double is a closed interval; NaN cannot be written in JSON.
            if (!rule.IsValid(value))
                throw new RecipeException($"{key} is {Display(value)}; it must be {Describe(rule)}.");
        }
    }

    /// <summary>What a rule asks for, as it ends the sentence "it must be ...".</summary>
    internal static string Describe(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"from {range.Minimum} to {range.Maximum}"),
        AllowedValuesAttribute allowed => $"one of {Quoted(allowed.Values.Select(v => v?.ToString() ?? "null"))}",
        RegularExpressionAttribute pattern => $"of the form {pattern.Pattern}",
        MinLengthAttribute least => $"a list of {least.Length} or more",
        MaxLengthAttribute most => $"a list of {most.Length} or fewer",
        RequiredAttribute => "given and not empty",
        _ => throw new NotSupportedException($"{rule.GetType().Name} has no wording."),
    };

    private static string Display(object? value) => value switch
    {
        string text => $"\"{text}\"",
        ICollection list => $"a list of {list.Count}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static RecipeException NoJson(JsonException error) => new($"The recipe is not valid JSON: {error.Message}", error);

    private static RecipeException Wrong(string key, JsonElement element, string expected)
    {
        string found = element.GetRawText();
        return new RecipeException($"{key} is {(found.Length <= 60 ? found : found[..60] + "...")}; it must be {expected}.");
    }

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
