using System.Text.RegularExpressions;

namespace RnnServe.Tests.Documentation;

/// <summary>The lists of files in docs/extending.md; that its links lead to files is one of <see cref="ReadmeTests"/>.</summary>
public sealed partial class ExtendingTests
{
    private const string Page = "docs/extending.md";

    [Fact]
    public void The_registries_that_it_names_are_those_that_alone_name_kinds()
    {
        var named = ReadmeText.Read(Page).Split('\n').Select(line => Registry().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value);

        Assert.Equal(FolderOrderTests.Projects.Select(row => $"src/{row.Data.Item1}/{row.Data.Item2}"), named);
    }

    [Fact]
    public void Every_file_of_its_lists_is_a_link_under_its_own_name()
    {
        var links = Link().Matches(ReadmeText.Read(Page)).Where(m => m.Groups[1].Value.EndsWith(".cs", StringComparison.Ordinal)).ToList();
        var bare = Bare().Matches(ReadmeText.Read(Page)).Select(m => m.Value);

        Assert.InRange(links.Count, 30, 100);
        Assert.All(links, m => Assert.EndsWith($"/{m.Groups[1].Value}", m.Groups[2].Value, StringComparison.Ordinal));
        Assert.Empty(bare);
    }

    [Fact]
    public void Every_folder_in_backticks_exists() => Assert.All(
        Folder().Matches(ReadmeText.Read(Page)), m => Assert.True(Directory.Exists(TestData.InRepository(m.Groups[1].Value.Split('/'))), m.Value));

    [Theory, InlineData("A kind of model"), InlineData("An attention"), InlineData("A cell"), InlineData("An operator"), InlineData("An option")]
    public void It_has_a_list_for(string what) =>
        Assert.InRange(ReadmeText.Section(Page, $"## {what}").Count(line => Link().IsMatch(line)), 4, 40);

    [GeneratedRegex(@"^\| registry: \[\w+\.cs\]\(\.\./(src/[^)]+)\)")]
    private static partial Regex Registry();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`[\w./]+\.cs`")]
    private static partial Regex Bare();

    [GeneratedRegex(@"`(src/[\w./]+)`")]
    private static partial Regex Folder();
}
