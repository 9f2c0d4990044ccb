using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using RnnServe.Server.Settings;
using RnnServe.Tests.Bulk;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Deploy;

public sealed class KubernetesTests
{
    /// <summary>Of the restricted profile; "image" since Kubernetes 1.33.</summary>
    private static readonly string[] AllowedVolumes =
        ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

    public static TheoryData<string> Folders => [.. Manifests.All];

    [Theory, MemberData(nameof(Folders))]
    public void Every_folder_renders_to_objects_that_fit_the_published_schemas(string folder)
    {
        string yaml = Manifests.Render(folder);

        var objects = Manifests.Check(yaml);
        Assert.All(objects, o => Assert.True(o.Errors.Length == 0, $"{o.Object["kind"]}: {string.Join("; ", o.Errors)}"));
        Assert.All(objects.Where(o => $"{o.Object["kind"]}" != "InferenceService"), o => Assert.True(o.HasSchema, $"{o.Object["kind"]}"));

        // The schemas allow fields that they do not know; the client's types do not.
        string[] known = [.. yaml.Split("\n---\n").Where(one => !one.Contains("keda.sh") && !one.Contains("serving.kserve.io"))];
        if (known.Length > 0)
            Assert.Equal(known.Length, KubernetesYaml.LoadAllFromString(string.Join("\n---\n", known), strict: true).Count);
    }

    [Fact]
    public void Quotas_may_be_counted_in_redis_and_not_in_another_server()
    {
        var policy = Manifests.Check(Manifests.Render("base")).Select(o => o.Object).Single(o => $"{o["kind"]}" == "NetworkPolicy");

        var toRedis = policy["spec"]!["egress"]!.AsArray().Single(rule => rule!["ports"]![0]!["port"]!.GetValue<int>() == 6379)!;
        Assert.Contains("redis", toRedis["to"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("rnnserve", toRedis["to"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_name_one_another_and_settings_that_the_server_has()
    {
        var objects = Manifests.Check(Manifests.Render("base")).Select(o => o.Object).ToList();
        var pod = objects.SelectMany(Manifests.PodsOf).Single();
        var container = pod["containers"]!.AsArray().Single()!;
        var settings = objects.Single(o => $"{o["kind"]}" == "ConfigMap")["data"]!.AsObject();

        string[] configured = [.. container["envFrom"]!.AsArray().Select(from => $"{from!["configMapRef"]!["name"]}")];
        string[] secret = [.. pod["volumes"]!.AsArray().Select(volume => volume!["secret"]?["secretName"]).OfType<JsonNode>().Select(n => $"{n}")];
        Assert.Equal(Names("ConfigMap"), configured);
        Assert.Equal(Names("Secret"), secret);
        string[] known = [.. SettingsReference.All().Select(setting => setting.Name.Replace(":", "__", StringComparison.Ordinal))];
        Assert.All(settings, setting => Assert.Contains(setting.Key, known));
        Assert.Contains(
            Path.GetDirectoryName($"{settings["Keys__File"]}"), container["volumeMounts"]!.AsArray().Select(mount => $"{mount!["mountPath"]}"));
        Assert.Contains(
            Path.GetFileName($"{settings["Keys__File"]}"), objects.Single(o => $"{o["kind"]}" == "Secret")["data"]!.AsObject().Select(data => data.Key));
        int sleep = container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!.GetValue<int>();
        int drain = int.Parse($"{settings["Limits__DrainMs"]}", CultureInfo.InvariantCulture) / 1000;
        Assert.True(pod["terminationGracePeriodSeconds"]!.GetValue<int>() > sleep + drain);

        string[] Names(string kind) => [.. objects.Where(o => $"{o["kind"]}" == kind).Select(o => $"{o["metadata"]!["name"]}")];
    }

    [Theory, MemberData(nameof(Folders))]
    public void Every_pod_keeps_to_the_restricted_profile(string folder)
    {
        var pods = Manifests.Check(Manifests.Render(folder)).SelectMany(o => Manifests.PodsOf(o.Object)).ToList();

        Assert.NotEmpty(pods);
        Assert.All(pods, pod =>
        {
            Assert.All(["hostNetwork", "hostPID", "hostIPC"], name => Assert.False(pod.ContainsKey(name)));
            Assert.True(pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>());
            Assert.NotEqual(0, pod["securityContext"]!["runAsUser"]!.GetValue<int>());
            Assert.Equal("RuntimeDefault", $"{pod["securityContext"]!["seccompProfile"]!["type"]}");
            Assert.False(pod["automountServiceAccountToken"]!.GetValue<bool>());
            Assert.All(
                pod["volumes"]!.AsArray(),
                volume => Assert.Contains(volume!.AsObject().Single(property => property.Key != "name").Key, AllowedVolumes));
            Assert.All(pod["containers"]!.AsArray().Concat(pod["initContainers"]?.AsArray() ?? []), container =>
            {
                var security = container!["securityContext"]!;
                Assert.False(security["allowPrivilegeEscalation"]!.GetValue<bool>());
                Assert.False(security["privileged"]?.GetValue<bool>() ?? false);
                Assert.True(security["readOnlyRootFilesystem"]!.GetValue<bool>());
                Assert.Equal(["ALL"], security["capabilities"]!["drop"]!.AsArray().Select(c => $"{c}"));
                Assert.Null(security["capabilities"]!["add"]);
                Assert.All(container["ports"]?.AsArray() ?? [], port => Assert.Null(port!["hostPort"]));
            });
        });
    }

    [Fact]
    public async Task The_jobs_pods_translate_together_what_one_process_does()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(Path.Combine(folder.Path, "texts.en"), TestData.Multi30k("test_2016_flickr", "en").Take(42));
        var job = Manifests.Check(Manifests.Render("overlays/corpus-job")).Single().Object["spec"]!;
        string[] arguments = [.. job["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray().Select(a => In(folder, $"{a}"))];
        int pods = job["completions"]!.GetValue<int>();

        await Task.WhenAll(Enumerable.Range(0, pods).Select(async index =>
        {
            using var pod = ProgramRun.WithEnvironment(
                "JOB_COMPLETION_INDEX", $"{index}", [.. arguments.Select(a => a.Replace("$(JOB_COMPLETION_INDEX)", $"{index}"))]);
            var (exit, _, errors) = await pod.EndAsync();
            Assert.True(exit == 0, errors);
        }));
        string[] whole = [.. arguments.TakeWhile(a => a != "--shards").Select(a => a.Replace("$(JOB_COMPLETION_INDEX)", "whole"))];
        Assert.Equal(0, (await ProgramRun.RunAsync("", whole)).ExitCode);

        string Part(object number) => File.ReadAllText(Path.Combine(folder.Path, $"texts.de.{number}"));
        Assert.Equal(Part("whole"), string.Concat(Enumerable.Range(0, pods).Select(i => Part(i))));
        Assert.Equal(42, Part("whole").Count(c => c == '\n'));
    }

    [Theory, InlineData("4"), InlineData("-1"), InlineData(null)]
    public async Task A_pod_without_a_number_of_a_part_says_so(string? index)
    {
        using var pod = ProgramRun.WithEnvironment(
            "JOB_COMPLETION_INDEX", index, ["translate", "--model", "multi30k-en-de", "--shards", "4"]);

        var (exit, _, errors) = await pod.EndAsync();

        Assert.Equal(2, exit);
        Assert.Contains($"JOB_COMPLETION_INDEX is {(index is null ? "not set" : $"'{index}'")}; it must be from 0 to 3.", errors);
    }

    private static string In(TemporaryFolder folder, string argument) => argument.Replace("/corpus", folder.Path);
}
