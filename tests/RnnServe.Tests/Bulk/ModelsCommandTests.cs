using System.Text.Json;
using RnnServe.Inference.Search;
using RnnServe.Server.Bulk;
using RnnServe.Server.Catalog;
using RnnServe.Server.Kinds;
using RnnServe.Server.Kinds.Translate;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Bulk;

/// <summary>models list, show and check by the real program.</summary>
public sealed class ModelsCommandTests : IDisposable
{
    private readonly ModelFolder models = new();

    public void Dispose() => models.Dispose();

    [Fact]
    public async Task The_list_has_a_row_for_each_version_and_opens_no_graph()
    {
        var bundle = models.Add("tiny", "en", "de");
        models.Add("tiny", "en", "de", version: 12);
        File.Delete(models.Add("broken", "en", "fr").File("model.json"));
        File.Delete(bundle.File("decoder.onnx"));

        var (exit, output, errors) = await ProgramRun.RunAsync("", "models", "list", "--models", models.Path);
        var json = await ProgramRun.RunAsync("", "models", "list", "--models", models.Path, "--json");

        Assert.Equal((0, ""), (exit, errors));
        string[] lines = output.Split('\n');
        Assert.Equal(["name", "version", "task", "languages", "precision", "size", "licence"], Words(lines[0]));
        Assert.Equal(["broken", "1", "-", "-", "-", "-", "-"], Words(lines[1]));
        Assert.Equal(["tiny", "12", "translate", "en", "→", "de", "fp32", "0.0", "MB", "MIT"], Words(lines[2]));
        Assert.Equal(["tiny", "1"], Words(lines[3])[..2]);
        Assert.Contains("broken 1: model.json: found no such file", lines[4], StringComparison.Ordinal);
        var listed = JsonDocument.Parse(json.Output).RootElement.GetProperty("models").EnumerateArray();
        Assert.Equal(["failed", "unloaded", "unloaded"], listed.Select(one => one.GetProperty("state").GetString()));

        static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task The_card_has_scores_licence_limits_and_hashes_of_a_shipped_model()
    {
        var (exit, output, errors) = await ProgramRun.RunAsync("", "models", "show", "everyday-en-de");
        var json = await ProgramRun.RunAsync("", "models", "show", "everyday-en-de", "--json");

        Assert.Equal((0, ""), (exit, errors));
        var card = JsonDocument.Parse(json.Output).RootElement;
        var file = card.GetProperty("files")[0];
        string[] parts =
        [
            "everyday-en-de 2", card.GetProperty("licence").GetString()!, "40.23 on dev.en.gz", "beam 16, 128 tokens",
            $"{file.GetProperty("sha256").GetString()}  {file.GetProperty("path").GetString()}",
        ];
        Assert.All(parts, part => Assert.Contains(part, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("there is tiny", "show", "nobody")]
    [InlineData("there is 1", "show", "tiny", "--version", "7")]
    [InlineData("'name'", "show")]
    [InlineData("no folder 'no-such-folder'", "check", "no-such-folder")]
    public async Task What_is_not_there_is_said_in_a_line_with_code_2(string said, params string[] arguments)
    {
        models.Add("tiny", "en", "de");
        string[] folder = arguments[0] == "check" ? [] : ["--models", models.Path];

        var (exit, _, errors) = await ProgramRun.RunAsync("", ["models", .. arguments, .. folder]);

        Assert.Equal(2, exit);
        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_opens_each_precision_and_says_what_is_wrong_in_a_line()
    {
        var bundle = models.Add("tiny", "en", "de");
        var good = await ProgramRun.RunAsync("", "models", "check", bundle.Path);
        bundle.ChangeManifest(manifest =>
        {
            manifest["graphs"]!["int8"] = manifest["graphs"]!["fp32"]!.DeepClone();
            manifest["canary"]!["expected"] = "something else";
        });
        var canary = await ProgramRun.RunAsync("", "models", "check", bundle.Path);
        bundle.Change("decoder.onnx", bytes => bytes[^1] ^= 1);
        var hash = await ProgramRun.RunAsync("", "models", "check", bundle.Path, "--json");

        Assert.Equal((0, "OK: tiny, fp32\n", ""), good);
        Assert.Equal(1, canary.ExitCode);
        Assert.Contains("canary: found '", canary.Output, StringComparison.Ordinal);
        Assert.Single(canary.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, hash.ExitCode);
        Assert.Contains("sha256", JsonDocument.Parse(hash.Output).RootElement.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_names_languages_opens_only_the_model_for_them_and_where_that_is_broken_the_next()
    {
        models.Add("a", "en", "de");
        models.Add("b", "en", "de", version: 2).ChangeManifest(manifest => manifest["priority"] = 5);
        models.Add("c", "fr", "de");
        string[] arguments = ["translate", "--source", "en", "--target", "de", "--models", models.Path];
        var settings = new BulkSettings(null, null, Shard.Whole) { ModelsFolder = models.Path, Search = new SearchOptions() };
        var choice = new ModelChoice(TranslateKind.Model, null) { Source = "en", Target = "de", Hint = "" };

        await using (var host = await BulkHost.StartAsync(settings, choice, ServerKinds.All.Select(kind => kind.Model), default))
            Assert.Equal("b", Assert.Single(host.Catalog.Entries).Name);
        var picked = await ProgramRun.RunAsync("a bad cab.\n", arguments);
        string[] named = [.. await Task.WhenAll(new[] { "a", "b" }.Select(async name =>
            (await ProgramRun.RunAsync("a bad cab.\n", "translate", "--model", name, "--models", models.Path)).Output))];
        File.Delete(Path.Combine(models.Path, "b", "2", "decoder.onnx"));
        var next = await ProgramRun.RunAsync("a bad cab.\n", arguments);

        Assert.NotEqual(named[0], named[1]);
        Assert.Equal((0, named[1]), (picked.ExitCode, picked.Output));
        Assert.Equal((0, named[0]), (next.ExitCode, next.Output));
    }
}
