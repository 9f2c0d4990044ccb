using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;

namespace RnnServe.Tests.Bundles;

public sealed class ManifestJsonTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string json;

    public ManifestJsonTests() => json = File.ReadAllText(System.IO.Path.Combine(TinyBundle.Create(folder.Path, "tiny"), "model.json"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_manifest_survives_a_write_and_a_read()
    {
        var manifest = Read(json) with
        {
            Licence = "Ü – ‚frei‘",
            Training = new TrainingManifest { Recipe = "r", Seed = ulong.MaxValue, Data = "d", Steps = 1L << 40, Date = "2026-01-31", TrainerVersion = "0.1.0" },
        };
        byte[] written = ManifestJson.Write(manifest);

        Assert.Equal(written, ManifestJson.Write(ManifestJson.Read(written)));
        Assert.Contains("Ü – ‚frei‘", Encoding.UTF8.GetString(written), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decoder.startid", "1", "unknown field", "'startId'")]
    [InlineData("licens", "\"MIT\"", "unknown field", "'licence'")]
    [InlineData("decoder.vocabularySize", "\"44\"", "\"44\"", "an integer")]
    [InlineData("decoder.vocabularySize", "44.5", "44.5", "an integer")]
    [InlineData("decoder.vocabularySize", "null", "null", "an integer")]
    [InlineData("decoder.attention", "1", "1", "true or false")]
    [InlineData("decoder.states", "{}", "an object", "a list of objects")]
    [InlineData("decoder.states", "[]", "a list of 0", "a list of 1 or more")]
    [InlineData("decoder.endId", "38", "38", "0 to 37")]
    [InlineData("decoder.endId", "2", "2", "an id of its own")]
    [InlineData("name", "null", "null", "a text")]
    [InlineData("name", "\"../x\"", "\"../x\"", "letters")]
    [InlineData("task", "\"sing\"", "\"sing\"", "\"translate\", \"caption\"")]
    [InlineData("graphs.default", "\"fp16\"", "'fp16'", "a precision")]
    [InlineData("graphs.fp32.encoder", "\"other.onnx\"", "'other.onnx'", "'files' lists")]
    [InlineData("formatVersion", "3", "3", "1, 2")]
    [InlineData("decoding.beamSize", "17", "17", "1 to 16")]
    [InlineData("decoding.lengthPenalty", "2.5", "2.5", "0 to 2")]
    [InlineData("decoding.limits.maxLength", "0", "0", "1 to")]
    [InlineData("decoding.neverProduce", "[\"\"]", "\"\"", "1 to 64 letters")]
    [InlineData("decoding.neverProduce", "[\"so\", \"so not\"]", "\"so not\"", "1 to 64 letters")]
    [InlineData("decoding.neverProduce", "[3]", "3", "a text")]
    [InlineData("priority", "1001", "1001", "-1000 to 1000")]
    [InlineData("files", "[{\"path\":\"a\",\"sha256\":\"00\",\"bytes\":1}]", "\"00\"", "64")]
    public void A_wrong_field_is_named_with_what_was_found_and_expected(string path, string value, string found, string expected)
    {
        Refuses(Change(FormatOne(json), path, value), path);
        Refuses(Change(json, Path(path), value), Path(path));

        void Refuses(string changed, string field)
        {
            var error = Assert.Throws<ModelBundleException>(() => Read(changed));
            Assert.StartsWith(field, error.Field, StringComparison.Ordinal);
            Assert.Contains(found, error.Found, StringComparison.Ordinal);
            Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Too_many_or_too_long_words_and_too_many_placeholders_are_refused()
    {
        Refuses("translate.decoding.neverProduce", JsonSerializer.Serialize(Enumerable.Repeat("so", 201)), "a list of at most 200");
        Refuses("translate.decoding.neverProduce", $"\"{new string('o', 65)}\"", "1 to 64 letters");
        Refuses("translate.placeholders", "17", "0 to 16");

        void Refuses(string field, string value, string expected)
        {
            var error = Assert.Throws<ModelBundleException>(() => Read(Change(json, field, value)));
            Assert.Equal((field, expected), (error.Field, error.Expected));
        }
    }

    [Fact]
    public void A_manifest_of_format_1_says_what_one_of_format_2_says() =>
        Assert.Equal(ManifestJson.Write(Read(json)), ManifestJson.Write(Read(FormatOne(json))));

    [Theory]
    [InlineData("decoder.padId"), InlineData("files"), InlineData("languages.target"), InlineData("encoder"), InlineData("tokenizers.source")]
    public void A_missing_field_is_named(string path)
    {
        var error = Assert.Throws<ModelBundleException>(() => Read(Change(FormatOne(json), path, null)));
        var now = Assert.Throws<ModelBundleException>(() => Read(Change(json, Path(path), null)));

        Assert.Equal((path, "nothing"), (error.Field, error.Found));
        Assert.Equal((Path(path), "nothing"), (now.Field, now.Found));
    }

    [Theory]
    [InlineData(""), InlineData("{"), InlineData("[]"), InlineData("null"), InlineData("{} {}"), InlineData("{\"name\":\"a\",\"name\":\"b\"}")]
    public void Text_that_is_no_manifest_is_refused(string text) => Assert.Throws<ModelBundleException>(() => Read(text));

    internal static ModelManifest Read(string text) => ManifestJson.Read(Encoding.UTF8.GetBytes(text));

    /// <summary>The same manifest in format 1: what is the kind's section stands among the other fields.</summary>
    internal static string FormatOne(string json)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        string task = (string)root["task"]!;
        var section = root[task]!.AsObject();
        root.Remove(task);
        foreach (var (name, value) in section)
            root[name] = value!.DeepClone();
        root["formatVersion"] = 1;
        return root.ToJsonString();
    }

    private static string Path(string field) =>
        field.Split('.')[0] is "decoder" or "decoding" or "encoder" or "tokenizers" ? $"translate.{field}" : field;

    /// <summary>Sets a field to a JSON value, or removes it.</summary>
    internal static string Change(string json, string path, string? value)
    {
        var root = JsonNode.Parse(json)!;
        var parent = root;
        string[] names = path.Split('.');
        foreach (string name in names[..^1])
            parent = parent[name]!;
        if (value is null)
            Assert.True(parent.AsObject().Remove(names[^1]));
        else
            parent[names[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
