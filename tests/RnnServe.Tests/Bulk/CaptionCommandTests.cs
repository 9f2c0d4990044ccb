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
        string broken = InFolder("broken.jpg"), large = InFolder("large.jpg"), loop = InFolder("loop.jpg");
        await File.WriteAllTextAsync(broken, "no image");
        await File.WriteAllBytesAsync(InFolder("large"), new byte[11_000_000]);
        File.CreateSymbolicLink(large, InFolder("large"));
        File.CreateSymbolicLink(loop, loop);
        string[] unreadable = [broken, InFolder("missing.jpg"), large, loop, InFolder(new string('x', 300))];

        var (exit, output, errors) = await ProgramRun.RunAsync(
            "", ["caption", "--model", "flickr8k-small", .. photos, .. unreadable, photos[0]]);

        await using var captioner = await Captioner.LoadAsync(
            ModelBundle.Versions(TestData.InRepository("models", "flickr8k-small"))[0].Folder, new BatchingOptions());
        ReadOnlyMemory<byte>[] files = [.. photos.Select(photo => new ReadOnlyMemory<byte>(File.ReadAllBytes(photo)))];
        var expected = await captioner.CaptionAsync(files, new SearchOptions(), default);
        string[] lines = [.. photos.Zip(expected, (photo, caption) => $"{photo}\t{caption.Text}")];
        Assert.Equal([.. lines, .. unreadable.Select(path => $"{path}\t"), lines[0]], output.Split('\n').SkipLast(1));
        Assert.Equal(1, exit);
        string[] said = [.. unreadable.Select(path => $"{path}: "), $"{large}: The file has 11000000 bytes", "5 images could not"];
        Assert.All(said, part => Assert.Contains(part, errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Images_that_failed_before_an_interruption_count_behind_it()
    {
        string photo = TestData.InRepository("samples", "photos", "dog.jpg"), broken = InFolder("broken.jpg"), output = InFolder("out");
        await File.WriteAllTextAsync(broken, "no image");
        string[] arguments = ["caption", "--model", "flickr8k-small", broken, photo, "--output", output];
        var undisturbed = await ProgramRun.RunAsync("", arguments);
        string[] lines = await File.ReadAllLinesAsync(output);

        await File.WriteAllTextAsync(await KilledAsync(arguments), lines[0] + "\n");
        var again = await ProgramRun.RunAsync("", arguments);

        Assert.Equal((1, 1), (undisturbed.ExitCode, again.ExitCode));
        Assert.Equal(lines, await File.ReadAllLinesAsync(output));
    }

    [Fact]
    public async Task A_link_that_leads_to_another_image_is_captioned_anew()
    {
        string target = InFolder("target.jpg"), link = InFolder("link.jpg"), output = InFolder("out"), old = $"{link}\tan old caption\n";
        File.Copy(TestData.InRepository("samples", "photos", "dog.jpg"), target);
        File.CreateSymbolicLink(link, target);
        string[] arguments = ["caption", "--model", "flickr8k-small", link, "--output", output];
        string part = await KilledAsync(arguments);

        await File.WriteAllTextAsync(part, old);
        var same = await ProgramRun.RunAsync("", arguments);
        string kept = await File.ReadAllTextAsync(output);
        File.Copy(TestData.InRepository("samples", "photos", "astronaut.jpg"), target, overwrite: true);
        await File.WriteAllTextAsync(part, old);
        var other = await ProgramRun.RunAsync("", arguments);
        string anew = await File.ReadAllTextAsync(output);

        Assert.Equal((0, 0), (same.ExitCode, other.ExitCode));
        Assert.Equal(old, kept);
        Assert.StartsWith($"{link}\t", anew, StringComparison.Ordinal);
        Assert.DoesNotContain("an old caption", anew, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_and_paths_from_standard_input_are_taken_in_shards_and_into_a_file()
    {
        string photos = TestData.InRepository("samples", "photos");
        string output = InFolder("captions.tsv");

        var whole = await ProgramRun.RunAsync("", "caption", "--model", "flickr8k-small", photos);
        var first = await ProgramRun.RunAsync("\n" + photos + "\n\n", "caption", "--model", "flickr8k-small", "--shard", "1/2");
        var second = await ProgramRun.RunAsync(photos + "\n", "caption", "--model", "flickr8k-small", "--shard", "2/2", "--output", output);

        Assert.Equal((0, 0, 0), (whole.ExitCode, first.ExitCode, second.ExitCode));
        Assert.Equal(whole.Output, first.Output + await File.ReadAllTextAsync(output));
        Assert.True(first.Output.Length > 10 && first.Output.Length < whole.Output.Length);
    }

    private string InFolder(string name) => Path.Combine(folder.Path, name);

    /// <summary>Begins work, and kills the program as soon as it is known where that writes what is done.</summary>
    /// <returns>The path of that file.</returns>
    private async Task<string> KilledAsync(string[] arguments)
    {
        using var begun = new ProgramRun("", arguments);
        string? part = null;
        for (; part is null && !begun.HasEnded; await Task.Delay(2, TestContext.Current.CancellationToken))
            part = Directory.GetFiles(folder.Path, "out.*.part").SingleOrDefault();
        begun.Kill();
        await begun.EndAsync();
        Assert.NotNull(part);
        return part;
    }
}
