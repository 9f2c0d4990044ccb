namespace RnnServe.Tests.Documentation;

/// <summary>THIRD-PARTY-NOTICES.md against the packages that the shipped programs really have.</summary>
public sealed class NoticesTests
{
    private const string Page = "THIRD-PARTY-NOTICES.md", Heading = "| package | licence | what for |";

    /// <summary>Generates code when the programs are built; nothing of it comes with them.</summary>
    private const string Generator = "Grpc.Tools";

    private static readonly IReadOnlyList<ResolvedPackage> Packages =
    [
        .. ResolvedPackage.Of("RnnServe.Server", "RnnServe.Training").Where(package => package.Name != Generator),
        .. ResolvedPackage.Downloaded("RnnServe.Inference"),
    ];

    [Fact]
    public void Every_package_has_a_notice_and_no_notice_is_left_over()
    {
        var notices = Rows().Select(row => row[0]).ToList();

        Assert.NotEmpty(Packages);
        Assert.Equal(Packages.Select(p => p.Name).Order(StringComparer.OrdinalIgnoreCase), notices.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(notices.Order(StringComparer.OrdinalIgnoreCase), notices);
    }

    [Fact]
    public void Every_notice_has_the_licence_of_the_package_and_says_what_for()
    {
        var licences = Packages.ToDictionary(p => p.Name, p => p, StringComparer.OrdinalIgnoreCase);

        Assert.All(Rows(), row => Assert.True(licences[row[0]].IsUnder(row[1]), $"{row[0]} is not under '{row[1]}'."));
        Assert.All(Rows(), row => Assert.NotEqual("", row[2]));
    }

    [Fact]
    public void The_libraries_inside_the_native_library_are_named()
    {
        var native = Packages.First(p => p.Name == "NetVips.Native.linux-x64");
        var inside = TableRows(File.ReadLines(Path.Combine(native.Folder, Page)), header: "| Library").Select(row => row[0]).ToList();
        var words = ReadmeText.Read(Page).Split([' ', ',', '.', ':', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();

        Assert.Contains("libvips", inside);
        Assert.All(inside, library => Assert.Contains(library, words));
    }

    private static List<string[]> Rows() => TableRows(ReadmeText.Read(Page).Split('\n'), Heading);

    private static List<string[]> TableRows(IEnumerable<string> lines, string header) =>
    [
        .. lines.SkipWhile(line => !line.StartsWith(header, StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]),
    ];
}
