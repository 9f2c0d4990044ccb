using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Server.Http;

/// <summary>The texts of a request: JSON has one string or an array of strings.</summary>
/// <param name="Items">The texts, in the caller's order.</param>
/// <param name="IsArray">Whether the caller sent an array.</param>
[JsonConverter(typeof(TextsConverter))]
public sealed record Texts(IReadOnlyList<string> Items, bool IsArray)
{
    /// <summary>The request's field that has them.</summary>
    internal string Field { get; init; } = "text";

    /// <summary>How a message names one of them.</summary>
    internal string Place(int index) => IsArray ? $"{Field}[{index}]" : Field;
}

/// <summary>Reads and writes a string or an array of strings.</summary>
internal sealed class TextsConverter : JsonConverter<Texts>
{
    public override Texts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new Texts([reader.GetString()!], IsArray: false);

        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();

        var items = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException();

            items.Add(reader.GetString()!);
        }

        return new Texts(items, IsArray: true);
    }

    public override void Write(Utf8JsonWriter writer, Texts value, JsonSerializerOptions options)
    {
        if (value.IsArray)
            writer.WriteStartArray();
        foreach (string item in value.Items)
            writer.WriteStringValue(item);
        if (value.IsArray)
            writer.WriteEndArray();
    }
}
