using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using RnnServe.Client;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Documentation;

namespace RnnServe.Tests.Client;

/// <summary>The client as a NuGet package, its size, and its page.</summary>
public sealed class ClientPackageTests
{
    private const string Folder = "src/RnnServe.Client";

    [Fact]
    public async Task It_packs_with_its_page_and_licence_and_needs_one_package_and_nothing_of_ours()
    {
        using var output = new TemporaryFolder();
        string configuration = typeof(RnnServeClient).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        await PackAsync(TestData.InRepository(Folder.Split('/')), configuration, output.Path);

        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(output.Path, "RnnServe.Client.*.nupkg")));
        // The rest is the format's own.
        var files = package.Entries.Select(entry => entry.FullName).Where(
            file => !file.StartsWith("_rels/", StringComparison.Ordinal) && !file.StartsWith("package/", StringComparison.Ordinal)
                && file != "[Content_Types].xml");
        Assert.Equal(
            ["README.md", "RnnServe.Client.nuspec", "lib/net10.0/RnnServe.Client.dll", "lib/net10.0/RnnServe.Client.xml"],
            files.Order(StringComparer.Ordinal));
        var metadata = XDocument.Load(package.GetEntry("RnnServe.Client.nuspec")!.Open()).Root!.Elements().First();
        var license = Named(metadata, "license");
        Assert.Equal(("expression", "MIT"), (license.Attribute("type")!.Value, license.Value));
        Assert.Equal("README.md", Named(metadata, "readme").Value);
        Assert.NotEqual("", Named(metadata, "description").Value);
        var needed = metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value);
        Assert.Equal(["Microsoft.Extensions.Http.Resilience"], needed);
    }

    [Fact]
    public void It_is_written_in_fewer_than_300_lines_of_code()
    {
        var lines = Directory.EnumerateFiles(TestData.InRepository(Folder.Split('/')), "*.cs").SelectMany(File.ReadLines)
            .Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal));

        Assert.InRange(lines.Count(), 100, 299);
    }

    [Fact]
    public void The_example_of_its_page_is_executed_by_a_test()
    {
        string source = Trimmed(File.ReadLines(TestData.InRepository("tests", "RnnServe.Tests", "Client", "ReadmeExample.cs")));

        var examples = ReadmeText.Blocks($"{Folder}/README.md").Where(block => block.Language == "csharp").ToList();

        Assert.Equal(2, examples.Count);
        Assert.All(examples, example => Assert.Contains(Trimmed(example.Text.TrimEnd().Split('\n')), source, StringComparison.Ordinal));
    }

    private static string Trimmed(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => line.Trim()));

    private static XElement Named(XElement parent, string name) => parent.Elements().Single(e => e.Name.LocalName == name);

    /// <summary>Packs what this test was built with.</summary>
    private static async Task PackAsync(string project, string configuration, string output)
    {
        var start = new ProcessStartInfo("dotnet", ["pack", project, "--no-build", "-c", configuration, "-o", output])
        {
            RedirectStandardOutput = true,
        };
        using var pack = Process.Start(start)!;
        string said = await pack.StandardOutput.ReadToEndAsync();
        await pack.WaitForExitAsync();
        Assert.True(pack.ExitCode == 0, said);
    }
}
