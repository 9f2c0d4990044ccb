using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Server.Doors;

/// <summary>Reads what JSON has as a truth value or a number and a form as a word: "1" or "true" is yes.</summary>
internal sealed class FlagConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => reader.TryGetInt64(out long number) && number == 1 ? "1" : "0",
        JsonTokenType.String => reader.GetString(),
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
