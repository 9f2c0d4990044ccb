namespace RnnServe.Tests.Documentation;

/// <summary>Files and lines of src stay short.</summary>
public sealed class FileLengthTests
{
    // How many files are too long: take the number down when one is cut; it is not to go up.
    private const int Usual = 150, LongFiles = 24;

    private const int Longest = 300, LongestLine = 140;

    private static readonly List<(string Path, string[] Lines)> Files =
    [
        .. Directory.EnumerateFiles(TestData.InRepository("src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(TestData.RepositoryRoot, file).Replace('\\', '/'), File: file))
            .Where(f => f.Path.Split('/')[2] is not ("bin" or "obj"))
            .Select(f => (f.Path, File.ReadAllLines(f.File))),
    ];

    [Fact]
    public void No_file_is_longer_than_300_lines() =>
        Assert.Empty(Files.Where(f => f.Lines.Length > Longest).Select(f => $"{f.Path}: {f.Lines.Length} lines"));

    [Fact]
    public void Most_files_are_no_longer_than_150_lines()
    {
        var longer = Files.Where(f => f.Lines.Length > Usual).Select(f => $"{f.Path}: {f.Lines.Length} lines").ToList();

        Assert.InRange(Files.Count, 300, 1000);
        Assert.True(longer.Count <= LongFiles, $"{longer.Count} files are longer than {Usual} lines:\n{string.Join('\n', longer)}");
    }

    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        var longer =
            (from file in Files
             from line in file.Lines.Index()
             where line.Item.Length > LongestLine
             select $"{file.Path}, line {line.Index + 1}: {line.Item.Length} characters").ToList();

        Assert.Empty(longer);
    }
}
