using System.Text;
using RnnServe.Server.Bulk;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Bulk;

/// <summary>Files with a byte order mark, as Windows writes them.</summary>
public sealed class InputEncodingTests : IDisposable
{
    // Ċ has the byte of a line feed in every encoding but UTF-8.
    private static readonly string[] Texts = ["a bad cab.", "", "Abc Ċ de.", "b"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("utf-8", ""), InlineData("utf-8", "\n"), InlineData("utf-16", ""), InlineData("utf-16", "\n")]
    [InlineData("utf-16BE", ""), InlineData("utf-16BE", "\n"), InlineData("utf-32", ""), InlineData("utf-32", "\n")]
    public void As_many_lines_are_counted_as_are_read(string encoding, string end)
    {
        using var input = BulkInput.Open(new(Marked(encoding, string.Join('\n', Texts) + end)));

        Assert.Equal(Texts, input.Lines);
        Assert.Equal(Texts.Length, input.Count);
    }

    [Theory, InlineData("utf-8"), InlineData("utf-16")]
    public void A_file_that_is_only_a_mark_has_no_line(string encoding)
    {
        using var input = BulkInput.Open(new(Marked(encoding, "")));

        Assert.Empty(input.Lines);
        Assert.Equal(0, input.Count);
    }

    [Fact]
    public async Task The_last_part_of_a_marked_file_is_as_long_as_it_was_counted()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        string marked = Marked("utf-16", string.Join('\n', Texts) + "\n");
        string[] arguments = ["translate", "--model", "tiny", "--models", models.Path, "--input", marked, "--shard"];

        var parts = await Task.WhenAll(ProgramRun.RunAsync("", [.. arguments, "1/2"]), ProgramRun.RunAsync("", [.. arguments, "2/2"]));

        Assert.All(parts, part => Assert.Equal((0, 2), (part.ExitCode, part.Output.Count(c => c == '\n'))));
    }

    private string Marked(string encoding, string text)
    {
        string path = Path.Combine(folder.Path, "marked");
        var marking = Encoding.GetEncoding(encoding);
        File.WriteAllBytes(path, [.. marking.GetPreamble(), .. marking.GetBytes(text)]);
        return path;
    }
}
