using RnnServe.Server.Settings;
using RnnServe.Tests.Bulk;

namespace RnnServe.Tests.Server;

public sealed class SettingsReferenceTests
{
    [Fact]
    public void The_servers_page_has_every_setting_with_default_and_range()
    {
        string expected = string.Join('\n', SettingsReference.All().Select(s => $"| `{s.Name}` | `{s.Default}` | {s.Text.Replace("|", "\\|")} |"));

        string readme = File.ReadAllText(TestData.InRepository("src", "RnnServe.Server", "README.md"));

        Assert.True(readme.Contains(expected, StringComparison.Ordinal), $"The server's README.md must contain this table:\n{expected}");
    }

    [Fact]
    public void Every_setting_says_what_it_is()
    {
        var all = SettingsReference.All();

        Assert.True(all.Count >= 25, $"{all.Count} settings");
        Assert.Contains(all, s => s is { Name: "Limits:MaxTexts", Default: "256", Text: "Most texts in one request: 1 to 256." });
        Assert.Contains(all, s => s is { Name: "Proxy:Trusted", Default: "[]" });
        Assert.All(all, s => Assert.EndsWith(".", s.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_lists_them()
    {
        var (exit, output, _) = await ProgramRun.RunAsync("", "--help");

        Assert.Equal(0, exit);
        Assert.Contains("Limits:MaxTexts = 256", output, StringComparison.Ordinal);
        Assert.Contains("Most texts in one request: 1 to 256.", output, StringComparison.Ordinal);
    }
}
