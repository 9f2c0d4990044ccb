using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Server.Bulk;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Bulk;

/// <summary>Lines of a text translated from the command line by the real program.</summary>
public sealed class TranslateCommandTests : IDisposable
{
    private const string Name = "multi30k-en-de";

    private readonly TemporaryFolder folder = new();
    private readonly string[] texts = [.. TestData.Multi30k("test_2016_flickr", "en").Take(120)];

    private string Input => Path.Combine(folder.Path, "texts.en");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_line_has_its_translation_in_its_place()
    {
        string[] lines = [.. texts.Take(40), "", "  two  blanks  ", "42", "A dog.\r", "The last line."];

        var (exit, output, errors) = await ProgramRun.RunAsync(string.Join('\n', lines), "translate", "--model", Name, "--beam", "2");

        await using var translator = await Translator.LoadAsync(TestData.InRepository("models", Name, "1"), new BatchingOptions());
        var expected = await translator.TranslateAsync(lines, new SearchOptions { BeamSize = 2 }, default);
        Assert.Equal("", string.Concat(errors.Split('\n').Where(line => !line.StartsWith("45 lines", StringComparison.Ordinal))));
        Assert.Equal(expected.Select(e => e.Text + "\n"), output.Split('\n').SkipLast(1).Select(line => line + "\n"));
        Assert.Equal(0, exit);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_program_that_was_killed_goes_on_and_gives_the_file_of_one_that_was_not(bool fromStandardInput)
    {
        string[] many = [.. texts, .. texts];
        await File.WriteAllLinesAsync(Input, many);
        string undisturbed = await FileAsync("undisturbed", "--beam", "1");
        string[] arguments = ["translate", "--model", Name, "--beam", "1", "--output", Path.Combine(folder.Path, "killed")];

        // Where this machine has so much to do that it came too late, it comes again.
        for (int tries = 0; tries == 0 || (File.Exists(arguments[^1]) && tries < 5); tries++)
        {
            File.Delete(arguments[^1]);
            await KillAsync();
        }

        Assert.False(File.Exists(arguments[^1]));
        await File.AppendAllTextAsync(Partial()!.FullName, "half a li");
        using var again = Start();
        var (exit, output, errors) = await again.EndAsync();

        Assert.Equal((0, ""), (exit, output));
        Assert.Contains("going on behind", errors, StringComparison.Ordinal);
        Assert.Equal(undisturbed, await File.ReadAllTextAsync(arguments[^1]));
        Assert.Null(Partial());

        ProgramRun Start() => fromStandardInput
            ? ProgramRun.WithFile(Input, arguments)
            : new ProgramRun("", [.. arguments, "--input", Input]);

        async Task KillAsync()
        {
            using var killed = Start();
            while (Partial() is not { Length: > 1000 } && !killed.HasEnded)
                await Task.Delay(5, TestContext.Current.CancellationToken);
            killed.Kill();
            await killed.EndAsync();
        }

        FileInfo? Partial() => new DirectoryInfo(folder.Path).GetFiles("killed.*.part").SingleOrDefault();
    }

    // What is there is of an input of the same length and of other options: none of it may be gone on with.
    [Theory]
    [InlineData("--beam", "2"), InlineData("--input", "other"), InlineData("", "")]
    public async Task Other_work_does_not_go_on_with_what_is_there(string option, string value)
    {
        await File.WriteAllLinesAsync(Input, texts.Take(12));
        string other = Path.Combine(folder.Path, "other"), output = Path.Combine(folder.Path, "out");
        await File.WriteAllLinesAsync(other, texts.Skip(12).Take(12));
        string? part = null;
        using (var begun = new ProgramRun("", "translate", "--model", Name, "--beam", "1", "--input", Input, "--output", output))
        {
            for (; part is null && !begun.HasEnded; await Task.Delay(2, TestContext.Current.CancellationToken))
                part = Directory.GetFiles(folder.Path, "out.*.part").SingleOrDefault();
            await begun.EndAsync();
        }

        // As if it had been killed before its end.
        File.Move(output, part!);
        string[] more = option switch
        {
            "" => [],
            "--input" => ["--beam", "1", "--input", other],
            "--beam" => [option, value, "--input", Input],
            _ => throw new ArgumentException(option),
        };
        string piped = string.Concat(texts.Skip(12).Take(12).Select(text => text + "\n"));
        var (exit, _, errors) = await ProgramRun.RunAsync(piped, ["translate", "--model", Name, "--output", output, .. more]);

        Assert.Equal(0, exit);
        Assert.DoesNotContain("going on", errors, StringComparison.Ordinal);
        Assert.Equal(12, (await File.ReadAllLinesAsync(output)).Length);
        Assert.NotEqual(await File.ReadAllTextAsync(part!), await File.ReadAllTextAsync(output));
    }

    // Each is read to its end, but by name the second is another pipe each time, and of the third a line is gone.
    [Theory]
    [InlineData("\"$@\" < TEXTS", 8, true), InlineData("\"$@\" --input <(cat TEXTS)", 8, false), InlineData("{ read -r _; \"$@\"; } < TEXTS", 7, true)]
    public async Task Files_and_pipes_are_read_once_from_where_they_stand(string line, int expected, bool isFile)
    {
        await File.WriteAllLinesAsync(Input, texts.Take(8));
        string output = Path.Combine(folder.Path, "out");

        using var run = ProgramRun.InShell(line.Replace("TEXTS", Input, StringComparison.Ordinal), "translate", "--model", Name, "--beam", "1", "--output", output);
        var (exit, _, errors) = await run.EndAsync();
        string[] lines = await File.ReadAllLinesAsync(output);
        await File.WriteAllLinesAsync(Input, texts.Skip(8 - expected).Take(expected));

        Assert.Equal(0, exit);
        Assert.Equal((await FileAsync("whole", "--beam", "1")).TrimEnd('\n').Split('\n'), lines);
        using var shard = ProgramRun.InShell(line.Replace("TEXTS", Input, StringComparison.Ordinal), "translate", "--model", Name, "--shard", "1/2");
        Assert.Equal(isFile ? 0 : 2, (await shard.EndAsync()).ExitCode);
        Assert.Contains($"{expected} lines", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Four_shards_side_by_side_are_the_whole()
    {
        await File.WriteAllLinesAsync(Input, texts.Take(103));
        string whole = await FileAsync("whole");

        string[] shards = await Task.WhenAll(Enumerable.Range(1, 4).Select(k => FileAsync($"shard{k}", "--shard", $"{k}/4")));

        Assert.Equal(whole, string.Concat(shards));
        Assert.All(shards, shard => Assert.InRange(shard.Count(c => c == '\n'), 25, 26));
    }

    [Theory]
    [InlineData("'nobody'", "multi30k-en-de", "--model", "nobody")]
    [InlineData("beamSize is 99", "1 to 16", "--model", Name, "--beam", "99")]
    [InlineData("'5/4'", "K/N", "--model", Name, "--shard", "5/4")]
    [InlineData("--shard needs a file", "a pipe", "--model", Name, "--shard", "1/4")]
    [InlineData("no-such-file", "no file", "--model", Name, "--input", "no-such-file")]
    [InlineData("'xx'", "everyday-en-de", "--source", "en", "--target", "xx")]
    [InlineData("Precision", "fp32 or int8", "--model", Name, "--precision", "int9")]
    public async Task What_is_wrong_is_said_in_a_line_and_nothing_is_written(string wrong, string possible, params string[] arguments)
    {
        string output = Path.Combine(folder.Path, "out");

        var (exit, printed, errors) = await ProgramRun.RunAsync("A dog.\n", ["translate", "--output", output, .. arguments]);

        Assert.Equal(2, exit);
        Assert.Contains(wrong, errors, StringComparison.Ordinal);
        Assert.Contains(possible, errors + printed, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task An_output_that_is_no_file_is_refused_before_the_work()
    {
        string there = Directory.CreateDirectory(Path.Combine(folder.Path, "there")).FullName;
        foreach (string output in (string[])["", there, Path.Combine(folder.Path, "new/")])
        {
            var refused = Assert.Throws<BulkException>(() => BulkOutput.Open(output, work: "some"));
            Assert.Equal($"--output is '{output}', but must be the path of a file, which no folder has.", refused.Message);
        }

        var (exit, _, errors) = await ProgramRun.RunAsync("A dog.\n", "translate", "--model", Name, "--output", there);

        Assert.Equal((2, $"error: --output is '{there}', but must be the path of a file, which no folder has.\n"), (exit, errors));
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Help_lists_the_commands_and_their_options()
    {
        var (exit, output, _) = await ProgramRun.RunAsync("", "--help");
        var (exitOfCommand, options, _) = await ProgramRun.RunAsync("", "translate", "--help");

        Assert.Equal((0, 0), (exit, exitOfCommand));
        Assert.All(["translate", "caption"], command => Assert.Contains(command, output, StringComparison.Ordinal));
        Assert.All(["--model", "--shard <K/N>", "goes on where it was"], part => Assert.Contains(part, options, StringComparison.Ordinal));
    }

    private async Task<string> FileAsync(string name, params string[] more)
    {
        string output = Path.Combine(folder.Path, name);
        var (exit, _, errors) = await ProgramRun.RunAsync(
            "", ["translate", "--model", Name, "--input", Input, "--output", output, .. more]);
        Assert.True(exit == 0, errors);
        return await File.ReadAllTextAsync(output);
    }
}
