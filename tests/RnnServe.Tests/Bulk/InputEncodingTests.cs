using System.Text;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Bulk;

/// <summary>Files with a byte order mark, as Windows writes them, translated by the real program.</summary>
public sealed class InputEncodingTests : IDisposable
{
    // Ċ has the byte of a line feed in every encoding but UTF-8.
    private static readonly string[] Texts = ["a bad cab.", "", "Abc Ċ de.", "b"];

    private readonly TemporaryFolder folder = new();
    private readonly ModelFolder models = new();

    public InputEncodingTests() => models.Add("tiny", "en", "de");

    public void Dispose()
    {
        models.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("utf-8", ""), InlineData("utf-8", "\n"), InlineData("utf-16", ""), InlineData("utf-16", "\n")]
    [InlineData("utf-16BE", ""), InlineData("utf-32", "\n")]
    public async Task A_marked_file_is_translated_as_one_without_a_mark_whole_and_in_shards(string encoding, string end)
    {
        string text = string.Join('\n', Texts) + end;
        string plain = await FileAsync("plain", Encoding.UTF8.GetBytes(text));
        var marking = Encoding.GetEncoding(encoding);
        string marked = await FileAsync("marked", [.. marking.GetPreamble(), .. marking.GetBytes(text)]);

        string expected = await TranslateAsync(plain);
        string whole = await TranslateAsync(marked);
        string[] shards = await Task.WhenAll(TranslateAsync(marked, "--shard", "1/2"), TranslateAsync(marked, "--shard", "2/2"));

        Assert.Equal(Texts.Length, expected.Count(c => c == '\n'));
        Assert.Equal(expected, whole);
        Assert.Equal(expected, string.Concat(shards));
        Assert.Equal(2, shards[0].Count(c => c == '\n'));
    }

    [Theory, InlineData("utf-8"), InlineData("utf-16")]
    public async Task A_file_that_is_only_a_mark_has_no_line(string encoding)
    {
        string marked = await FileAsync("marked", Encoding.GetEncoding(encoding).GetPreamble());

        Assert.Equal(["", ""], await Task.WhenAll(TranslateAsync(marked), TranslateAsync(marked, "--shard", "2/2")));
    }

    private async Task<string> FileAsync(string name, byte[] content)
    {
        string path = Path.Combine(folder.Path, name);
        await File.WriteAllBytesAsync(path, content);
        return path;
    }

    private async Task<string> TranslateAsync(string input, params string[] more)
    {
        var (exit, output, errors) = await ProgramRun.RunAsync(
            "", ["translate", "--model", "tiny", "--models", models.Path, "--input", input, .. more]);
        Assert.True(exit == 0, errors);
        return output;
    }
}
