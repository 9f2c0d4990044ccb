using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Server.Doors;

/// <summary>Reads a key, and anything else as none: a message about a value of the wrong type would repeat it.</summary>
internal sealed class KeyConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
