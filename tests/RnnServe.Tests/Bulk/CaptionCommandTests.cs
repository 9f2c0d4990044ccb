using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Bulk;

/// <summary>Images captioned from the command line by the real program.</summary>
public sealed class CaptionCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_image_has_a_line_and_one_that_cannot_be_read_stops_no_other()
    {
        string[] photos = [.. Directory.GetFiles(TestData.InRepository("samples", "photos"), "*.jpg").Order(StringComparer.Ordinal)];
        string broken = Path.Combine(folder.Path, "broken.jpg"), missing = Path.Combine(folder.Path, "missing.jpg");
        await File.WriteAllTextAsync(broken, "no image");

        var (exit, output, errors) = await ProgramRun.RunAsync("", ["caption", "--model", "flickr8k-small", .. photos, broken, missing, photos[0]]);

        await using var captioner = await Captioner.LoadAsync(
            ModelBundle.Versions(TestData.InRepository("models", "flickr8k-small"))[0].Folder, new BatchingOptions());
        ReadOnlyMemory<byte>[] files = [.. photos.Select(photo => new ReadOnlyMemory<byte>(File.ReadAllBytes(photo)))];
        var expected = await captioner.CaptionAsync(files, new SearchOptions(), default);
        string[] lines = [.. photos.Zip(expected, (photo, caption) => $"{photo}\t{caption.Text}")];
        Assert.Equal([.. lines, $"{broken}\t", $"{missing}\t", lines[0]], output.Split('\n').SkipLast(1));
        Assert.Equal(1, exit);
        Assert.All(["broken.jpg: ", "missing.jpg: ", "2 images could not"], part => Assert.Contains(part, errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Images_that_failed_before_an_interruption_count_behind_it()
    {
        string photo = TestData.InRepository("samples", "photos", "dog.jpg"), broken = Path.Combine(folder.Path, "broken.jpg");
        string output = Path.Combine(folder.Path, "out");
        await File.WriteAllTextAsync(broken, "no image");
        string[] arguments = ["caption", "--model", "flickr8k-small", broken, photo, "--output", output];
        var undisturbed = await ProgramRun.RunAsync("", arguments);
        string[] lines = await File.ReadAllLinesAsync(output);
        using (var begun = new ProgramRun("", arguments))
        {
            // Where the part lies is known as soon as the program has begun.
            while (Part() is null && !begun.HasEnded)
                await Task.Delay(2, TestContext.Current.CancellationToken);
            begun.Kill();
            await begun.EndAsync();
        }

        File.WriteAllText(Part()!.FullName, lines[0] + "\n");
        var again = await ProgramRun.RunAsync("", arguments);

        Assert.Equal((1, 1), (undisturbed.ExitCode, again.ExitCode));
        Assert.Equal(lines, await File.ReadAllLinesAsync(output));

        FileInfo? Part() => new DirectoryInfo(folder.Path).GetFiles("out.*.part").SingleOrDefault();
    }

    [Fact]
    public async Task A_folder_and_paths_from_standard_input_are_taken_in_shards_and_into_a_file()
    {
        string photos = TestData.InRepository("samples", "photos");
        string output = Path.Combine(folder.Path, "captions.tsv");

        var whole = await ProgramRun.RunAsync("", "caption", "--model", "flickr8k-small", photos);
        var first = await ProgramRun.RunAsync("\n" + photos + "\n\n", "caption", "--model", "flickr8k-small", "--shard", "1/2");
        var second = await ProgramRun.RunAsync(photos + "\n", "caption", "--model", "flickr8k-small", "--shard", "2/2", "--output", output);

        Assert.Equal((0, 0, 0), (whole.ExitCode, first.ExitCode, second.ExitCode));
        Assert.Equal(whole.Output, first.Output + await File.ReadAllTextAsync(output));
        Assert.True(first.Output.Length > 10 && first.Output.Length < whole.Output.Length);
    }
}
