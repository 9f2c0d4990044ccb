using System.Buffers;
using System.Text;
using System.Text.Json;
using RnnServe.Inference.Bundles;

namespace RnnServe.Inference.Kinds;

/// <summary>Reads and writes <c>model.json</c>, of any kind.</summary>
internal static class ManifestJson
{
    /// <summary>Name of the manifest's file.</summary>
    public const string FileName = "model.json";

    /// <summary>What stood among the fields of all kinds in format 1, and belongs to the kind's section.</summary>
    private static readonly string[] Moved = ["tokenizers", "encoder", "decoder", "image", "decoding"];

    /// <exception cref="ModelBundleException">The text is not a manifest that this program reads.</exception>
    public static ModelManifest Read(ReadOnlyMemory<byte> json)
    {
        string section = "";
        try
        {
            json = Upgraded(json, ref section);
            var manifest = (ModelManifest)StrictJson.Read(json, default, KindOf) with { FormatVersion = ModelManifest.CurrentFormat };
            manifest.Check();
            return manifest;
        }
        catch (StrictJsonException error)
        {
            // The caller knows the fields as they stand in the file.
            bool inside = section.Length > 0 && error.Field.StartsWith(section, StringComparison.Ordinal);
            string field = inside ? error.Field[section.Length..] : error.Field;
            throw new ModelBundleException(FileName, field, error.Found, error.Expected, error);
        }
    }

    /// <summary>UTF-8, indented, a line feed at the end.</summary>
    /// <exception cref="ModelBundleException">A field breaks a rule.</exception>
    public static byte[] Write(ModelManifest manifest)
    {
        byte[] json = WriteUnchecked(manifest);
        Read(json);
        return json;
    }

    /// <summary>The same for a manifest that may break rules, which tests of the reader need.</summary>
    internal static byte[] WriteUnchecked(ModelManifest manifest) => Encoding.UTF8.GetBytes(StrictJson.Write(manifest));

    private static Type KindOf(JsonElement manifest)
    {
        if (manifest.ValueKind != JsonValueKind.Object)
            return typeof(ModelManifest);
        var task = manifest.TryGetProperty("task", out var named) ? named : default;
        return (task.ValueKind == JsonValueKind.String ? ModelKinds.Find(task.GetString()!) : null)?.Manifest
            ?? throw new StrictJsonException("task", StrictJson.Found(task), StrictJson.OneOf(ModelKinds.All.Select(kind => kind.Task)));
    }

    /// <summary>A manifest of format 1 in the present one; any other text as it is.</summary>
    /// <param name="json">The text.</param>
    /// <param name="section">Receives the path of the kind's section, which the text does not have itself.</param>
    private static ReadOnlyMemory<byte> Upgraded(ReadOnlyMemory<byte> json, ref string section)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("formatVersion", out var version)
                || version.ValueKind != JsonValueKind.Number || version.GetRawText() != "1"
                || !root.TryGetProperty("task", out var task)
                || task.ValueKind != JsonValueKind.String || ModelKinds.Find(task.GetString()!) is not { } kind)
                return json;

            section = kind.Task + ".";
            var buffer = new ArrayBufferWriter<byte>(json.Length);
            using var writer = new Utf8JsonWriter(buffer);
            writer.WriteStartObject();
            foreach (var field in root.EnumerateObject().Where(field => !Moved.Contains(field.Name)))
                field.WriteTo(writer);
            writer.WriteStartObject(kind.Task);
            foreach (var field in root.EnumerateObject().Where(field => Moved.Contains(field.Name)))
                field.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.Flush();
            return buffer.WrittenMemory;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return json;    // the reader says what is wrong
        }
    }
}
