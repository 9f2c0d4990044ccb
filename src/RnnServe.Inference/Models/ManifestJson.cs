using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Inference.Models;

/// <summary>Reads and writes <c>model.json</c>.</summary>
internal static class ManifestJson
{
    /// <summary>Name of the manifest's file.</summary>
    public const string FileName = "model.json";

    // Letters beyond ASCII are written as they are: a manifest is read by people, not embedded in HTML.
    private static readonly ManifestContext Readable = new(new JsonSerializerOptions(ManifestContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <exception cref="ModelBundleException">The text is not a manifest that this program reads.</exception>
    public static ModelManifest Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = StrictJson.Read(json, ManifestContext.Default.ModelManifest);
            ManifestRules.Check(manifest);
            return manifest;
        }
        catch (StrictJsonException error)
        {
            throw new ModelBundleException(FileName, error.Field, error.Found, error.Expected, error);
        }
    }

    /// <summary>UTF-8, indented, a line feed at the end.</summary>
    /// <exception cref="StrictJsonException">A field breaks a rule.</exception>
    public static byte[] Write(ModelManifest manifest)
    {
        ManifestRules.Check(manifest);
        return WriteUnchecked(manifest);
    }

    /// <summary>The same for a manifest that may break rules, which tests of the reader need.</summary>
    internal static byte[] WriteUnchecked(ModelManifest manifest) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(manifest, Readable.ModelManifest), (byte)'\n'];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestContext : JsonSerializerContext;
