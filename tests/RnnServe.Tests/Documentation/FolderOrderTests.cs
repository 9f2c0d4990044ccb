using System.Text.RegularExpressions;

namespace RnnServe.Tests.Documentation;

/// <summary>The folders of a project use one another in one direction, the order of its README; the registry alone names kinds, and the
/// doors, which have what another service does: it may be called as a kind is.</summary>
public sealed partial class FolderOrderTests
{
    private const string Kinds = "Kinds", Doors = "Doors";

    /// <summary>Projects whose README states an order that holds, each with the file that names its kinds.</summary>
    public static TheoryData<string, string> Projects => new()
    {
        { "RnnServe.Inference", "Kinds/ModelKinds.cs" },
        { "RnnServe.Server", "Kinds/ServerKinds.cs" },
        { "RnnServe.Training", "Kinds/TrainingKinds.cs" },
    };

    [Theory, MemberData(nameof(Projects))]
    public void The_readme_has_every_folder_with_code(string project, string registry)
    {
        var folders = Files(project).Select(f => f.Folder).Distinct();

        Assert.Equal(folders.Order(StringComparer.Ordinal), Order(project).Order(StringComparer.Ordinal));
        Assert.Contains(Files(project), f => f.Path == registry);
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_folder_uses_only_those_that_the_readme_has_above_it(string project, string _)
    {
        var order = Order(project);
        var files = Files(project);

        var breaches =
            from file in files
            from other in order.Skip(order.IndexOf(file.Folder) + 1)
            where Names(file.Text, project, other, files)
            select $"{project}/{file.Path} uses {other}";

        Assert.Empty(breaches);
    }

    [Theory, MemberData(nameof(Projects))]
    public void Only_the_registry_names_a_kind(string project, string registry)
    {
        var files = Files(project);
        var kinds = KindsOf(files, registry);

        var naming =
            from kind in kinds
            from file in files
            where file.Folder != Doors && !kinds.Exists(other => IsOf(other, file))
            where WithoutSvg(file.Text).Contains(kind, StringComparison.OrdinalIgnoreCase)
            select file.Path;

        Assert.InRange(kinds.Count, 2, 20);
        Assert.Equal([registry], naming.Distinct());
    }

    // A function of SVG is named as a kind is.
    private static string WithoutSvg(string text) => text.Replace("translate(", "", StringComparison.Ordinal);

    [Theory, MemberData(nameof(Projects))]
    public void No_kind_uses_the_folder_of_another(string project, string registry)
    {
        var files = Files(project);
        var kinds = KindsOf(files, registry);

        var breaches =
            from kind in kinds
            from other in kinds.Where(other => other != kind)
            from file in files.Where(file => IsOf(kind, file))
            where Regex.IsMatch(file.Text, $@"\b{Kinds}\.{other}\b")
            select $"{file.Path} uses {other}";

        Assert.Empty(breaches);
    }

    /// <summary>The folders that the registry has a line for; others beside them are shared by kinds.</summary>
    private static List<string> KindsOf(IReadOnlyList<SourceText> files, string registry)
    {
        string lines = files.Single(f => f.Path == registry).Text;
        return
        [
            .. files.Where(f => f.Folder == Kinds).Select(f => f.Path.Split('/')).Where(p => p.Length > 2).Select(p => p[1]).Distinct()
                .Where(folder => Regex.IsMatch(lines, $@"\b{folder}[.;]")),
        ];
    }

    private static bool IsOf(string kind, SourceText file) => file.Path.StartsWith($"{Kinds}/{kind}/", StringComparison.Ordinal);

    /// <summary>By a using, by the full name, or by the folder's name before that of one of its files.</summary>
    private static bool Names(string text, string project, string folder, IEnumerable<SourceText> files) =>
        Regex.IsMatch(text, $@"\b{Regex.Escape(project)}\.{folder}\b")
        || files.Where(f => f.Folder == folder).Select(f => Path.GetFileNameWithoutExtension(f.Path))
            .Any(type => Regex.IsMatch(text, $@"(?<![\w.]){folder}\.{type}\b"));

    /// <summary>The folders of the table that begins with the lowest.</summary>
    private static List<string> Order(string project) =>
    [
        .. ReadmeText.Section($"src/{project}/README.md", "## Types, lowest first")
            .Select(line => FolderRow().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value),
    ];

    /// <summary>The files in the project's folders.</summary>
    private static List<SourceText> Files(string project)
    {
        string root = TestData.InRepository("src", project);
        return
        [
            .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(file => (Path: Path.GetRelativePath(root, file).Replace('\\', '/'), File: file))
                .Where(f => f.Path.Contains('/', StringComparison.Ordinal) && f.Path.Split('/')[0] is not ("bin" or "obj"))
                .Select(f => new SourceText(f.Path, File.ReadAllText(f.File))),
        ];
    }

    [GeneratedRegex("^\\| `(\\w+)/` \\|")]
    private static partial Regex FolderRow();

    /// <param name="Path">Inside the project, with '/'.</param>
    /// <param name="Text">What is in it.</param>
    private sealed record SourceText(string Path, string Text)
    {
        public string Folder => Path.Split('/')[0];
    }
}
