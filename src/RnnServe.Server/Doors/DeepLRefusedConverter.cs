using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Server.Doors;

/// <summary>Reads whatever a field has that is refused anyway: a message about its type would ask for another one.</summary>
internal sealed class DeepLRefusedConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return "";
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
