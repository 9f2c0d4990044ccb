using System.Net;
using System.Text.Json.Nodes;

namespace RnnServe.Tests.Server;

/// <summary>A bad folder beside a good one: the server starts, names the fault, and serves the good one.</summary>
public class BadBundleTests
{
    public static TheoryData<string, string[]> Faults => new()
    {
        { "missing file", ["decoder.onnx", "no such file"] },
        { "wrong hash", ["decoder.onnx", "sha256"] },
        { "wrong size", ["encoder.onnx", "bytes"] },
        { "wrong shape", ["encoder.onnx", "state_0"] },
        { "truncated graph", ["decoder.onnx"] },
        { "no graph at all", ["encoder.onnx"] },
        { "tokenizer of another size", ["tokens"] },
        { "path outside", ["..", "inside the bundle"] },
        { "link outside", ["link"] },
        { "no manifest", ["model.json"] },
        { "malformed manifest", ["model.json"] },
        { "unknown field", ["model.json", "decodr", "decoder"] },
        { "another name", ["model.json", "name", "'bad'"] },
        { "wrong canary", ["canary"] },
        { "no version", ["version"] },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task The_server_starts_names_the_fault_and_serves_the_other_model(string fault, string[] named)
    {
        using var models = new ModelFolder();
        models.Add("good", "en", "de");
        Break(models.Add("bad", "de", "en"), fault);
        await using var server = await new RunningServer(models.Path).SettledAsync();

        var bad = await RunningServer.OkAsync(await server.Client.GetAsync("/v1/models/bad"));
        var ready = await RunningServer.ProblemAsync(await server.Client.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable);
        var asked = await server.TranslateAsync("""{ "text": "a", "model": "bad" }""");
        var refused = await RunningServer.ProblemAsync(asked, HttpStatusCode.ServiceUnavailable);
        var served = await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "a" }"""));

        Assert.Equal("failed", bad.GetProperty("state").GetString());
        var reason = bad.GetProperty("reason").GetString()!;
        Assert.All(named, part => Assert.Contains(part, reason, StringComparison.Ordinal));
        Assert.Equal($"The model 'bad' is not served. {reason}", ready.GetProperty("errors").GetProperty("bad")[0].GetString());
        Assert.Contains(reason, refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("good", served.GetProperty("model").GetString());
        await RunningServer.OkAsync(await server.Client.GetAsync("/health/live"));
        var errors = server.Logs.Where(l => l.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains(errors, l => l.Contains(named[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_in_the_models_folder_is_no_model()
    {
        using var models = new ModelFolder();
        models.Add("good", "en", "de");
        await File.WriteAllTextAsync(Path.Combine(models.Path, "README.md"), "Models.");
        Directory.CreateDirectory(Path.Combine(models.Path, ".git"));
        await using var server = await new RunningServer(models.Path).SettledAsync();

        await RunningServer.OkAsync(await server.Client.GetAsync("/health/ready"));
    }

    private static void Break(BundleFolder bundle, string fault)
    {
        switch (fault)
        {
            case "missing file":
                File.Delete(bundle.File("decoder.onnx"));
                break;
            case "wrong hash":
                bundle.Change("decoder.onnx", bytes => bytes[^1] ^= 1);
                break;
            case "wrong size":
                File.WriteAllBytes(bundle.File("encoder.onnx"), [.. File.ReadAllBytes(bundle.File("encoder.onnx")), 0]);
                break;
            case "wrong shape":
                bundle.ChangeManifest(m => m["translate"]!["decoder"]!["states"]![0]!["size"] = 1000);
                break;
            case "truncated graph":
                bundle.Replace("decoder.onnx", File.ReadAllBytes(bundle.File("decoder.onnx"))[..^200]);
                break;
            case "no graph at all":
                bundle.Replace("encoder.onnx", [.. Enumerable.Repeat((byte)0xFF, 1000)]);
                break;
            case "tokenizer of another size":
                bundle.ShrinkTokenizer();
                break;
            case "path outside":
                File.Copy(bundle.File("decoder.onnx"), bundle.File("../outside.onnx"));
                bundle.ChangeManifest(m => m["graphs"]!["fp32"]!["decoder"] = "../outside.onnx");
                break;
            case "link outside":
                File.Move(bundle.File("decoder.onnx"), bundle.File("../outside.onnx"));
                File.CreateSymbolicLink(bundle.File("decoder.onnx"), "../outside.onnx");
                break;
            case "no manifest":
                File.Delete(bundle.File("model.json"));
                break;
            case "malformed manifest":
                File.WriteAllText(bundle.File("model.json"), "{ \"formatVersion\": 1, ");
                break;
            case "unknown field":
                bundle.ChangeManifest(m => m["translate"]!["decodr"] = new JsonObject());
                break;
            case "another name":
                bundle.ChangeManifest(m => m["name"] = "good");
                break;
            case "wrong canary":
                bundle.ChangeManifest(m => m["canary"] = new JsonObject { ["input"] = "a", ["expected"] = "what no model says" });
                break;
            case "no version":
                Directory.Move(bundle.Path, bundle.File("../first"));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault.");
        }
    }
}
