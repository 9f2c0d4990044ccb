using System.Text;

namespace RnnServe.Inference.Bundles;

/// <summary>Reads and writes <c>model.json</c>.</summary>
internal static class ManifestJson
{
    /// <summary>Name of the manifest's file.</summary>
    public const string FileName = "model.json";

    /// <exception cref="ModelBundleException">The text is not a manifest that this program reads.</exception>
    public static ModelManifest Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var manifest = StrictJson.Read<ModelManifest>(json);
            ManifestRules.Check(manifest);
            return manifest;
        }
        catch (StrictJsonException error)
        {
            throw new ModelBundleException(FileName, error.Field, error.Found, error.Expected, error);
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
}
