using System.Diagnostics;
using System.Text.Json.Nodes;

namespace RnnServe.Tests.Deploy;

/// <summary>The Kubernetes objects of deploy/, rendered by kubectl.</summary>
internal static class Manifests
{
    private static readonly NodeFolder Node = new("manifest-check", "tests", "RnnServe.Tests", "Deploy", "node");

    private static string Root => TestData.InRepository("deploy", "kubernetes");

    /// <summary>The base and each overlay.</summary>
    public static IEnumerable<string> All => [
        "base", .. Directory.GetDirectories(Path.Combine(Root, "overlays")).Order().Select(folder => Path.GetRelativePath(Root, folder)),
    ];

    /// <summary>The objects as YAML; without kubectl the test is skipped.</summary>
    public static string Render(string folder)
    {
        Skip.Unless(ThisMachine.Find("kubectl") is not null, "rendering needs 'kubectl' on PATH.");
        var start = new ProcessStartInfo("kubectl") { ArgumentList = { "kustomize", Path.Combine(Root, folder) } };
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var kubectl = Process.Start(start)!;
        var errors = kubectl.StandardError.ReadToEndAsync();
        string yaml = kubectl.StandardOutput.ReadToEnd();
        kubectl.WaitForExit();
        Assert.True(kubectl.ExitCode == 0, $"{folder}: {errors.Result}");
        return yaml;
    }

    /// <summary>The objects, with what their published schemas say against them.</summary>
    public static IReadOnlyList<(JsonNode Object, bool HasSchema, string[] Errors)> Check(string yaml) => [
        .. JsonNode.Parse(Node.Run("validate.mjs", yaml))!.AsArray().Select(o => (
            o!["object"]!, o["hasSchema"]!.GetValue<bool>(), o["errors"]!.AsArray().Select(e => e!.GetValue<string>()).ToArray())),
    ];

    /// <summary>The specifications of pods in an object, wherever they are.</summary>
    public static IEnumerable<JsonObject> PodsOf(JsonNode? node) => node switch
    {
        JsonObject pod when pod.ContainsKey("containers") => [pod],
        JsonObject other => other.SelectMany(property => PodsOf(property.Value)),
        JsonArray array => array.SelectMany(PodsOf),
        _ => [],
    };
}
