using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

/// <summary>A models folder of a test's own, with tiny real bundles; deleted in the end.</summary>
internal sealed class ModelFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rnnserve-models-").FullName;

    /// <summary>Writes a bundle with small random weights: other ones for each version, which answer otherwise.</summary>
    public BundleFolder Add(string name, string source, string target, int version = 1)
    {
        var options = new TinyBundleOptions { Version = version, Source = source, Target = target, Seed = 2 + version };
        return new BundleFolder(TinyBundle.Create(Path, name, options));
    }

    /// <summary>Writes a bundle that captions images.</summary>
    public BundleFolder AddCaptioner(string name, string language = "en", bool attention = true) =>
        new(TinyCaptionBundle.Create(Path, name, new TinyBundleOptions { Target = language, Attention = attention }));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>One version's folder, to be broken in a test.</summary>
internal sealed record BundleFolder(string Path)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Changes bytes and leaves the manifest's hash as it was.</summary>
    public void Change(string name, Action<byte[]> change)
    {
        var bytes = System.IO.File.ReadAllBytes(File(name));
        change(bytes);
        System.IO.File.WriteAllBytes(File(name), bytes);
    }

    /// <summary>Changes the content and the manifest's size and hash with it.</summary>
    public void Replace(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(File(name), content);
        ChangeManifest(m =>
        {
            var file = m["files"]!.AsArray().Single(f => f!["path"]!.GetValue<string>() == name)!;
            file["bytes"] = content.Length;
            file["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content));
        });
    }

    public void ChangeManifest(Action<JsonNode> change)
    {
        var manifest = JsonNode.Parse(System.IO.File.ReadAllText(File("model.json")))!;
        change(manifest);
        System.IO.File.WriteAllText(File("model.json"), manifest.ToJsonString(Indented));
    }

    /// <summary>Takes the last token out of the target tokenizer.</summary>
    public void ShrinkTokenizer()
    {
        var name = JsonNode.Parse(System.IO.File.ReadAllText(File("model.json")))!["translate"]!["tokenizers"]!["target"]!.GetValue<string>();
        var tokenizer = JsonNode.Parse(System.IO.File.ReadAllText(File(name)))!;
        var model = tokenizer["model"]!;
        var vocabulary = model["vocab"]!.AsObject();
        var last = vocabulary.MaxBy(t => t.Value!.GetValue<int>()).Key;
        vocabulary.Remove(last);
        model["merges"] = new JsonArray([.. model["merges"]!.AsArray().Where(m => Merged(m!) != last).Select(m => m!.DeepClone())]);
        Replace(name, JsonSerializer.SerializeToUtf8Bytes(tokenizer));
    }

    /// <summary>A merge is "a b" or ["a", "b"].</summary>
    private static string Merged(JsonNode merge) =>
        merge is JsonArray pair ? $"{pair[0]}{pair[1]}" : merge.GetValue<string>().Replace(" ", "", StringComparison.Ordinal);
}
