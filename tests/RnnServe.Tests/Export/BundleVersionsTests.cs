using System.CommandLine;
using RnnServe.Tests.Bundles;
using RnnServe.Training;
using RnnServe.Training.Commands;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Export;

public sealed class BundleVersionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_two_programs_that_make_a_version_the_second_is_refused()
    {
        string made = BundleVersions.Next(folder.Path, "toy", partial =>
        {
            Directory.CreateDirectory(partial);
            var error = Assert.Throws<UserException>(() => BundleVersions.Next(folder.Path, "toy", _ => Assert.Fail("it was let in")));
            Assert.Contains("makes a version", error.Message, StringComparison.Ordinal);
            Assert.True(Directory.Exists(partial));
        });

        Assert.Equal(Path.Combine(folder.Path, "toy", "1"), made);
        Assert.Equal(["1"], Directory.GetFileSystemEntries(Path.Combine(folder.Path, "toy")).Select(Path.GetFileName));
    }

    [Fact]
    public void Quantising_with_the_data_of_another_kind_is_refused()
    {
        string bundle = TestData.InRepository("models", "sst2-en");
        var command = new QuantizeCommand().Create().Parse([bundle, "--source", "texts", "--references", "right", "--to", folder.Path]);

        var error = Assert.Throws<UserException>(() => command.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));

        Assert.Contains("task is 'classify'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    // As a shell completes it.
    [Fact]
    public void A_slash_at_the_end_of_a_runs_folder_changes_nothing()
    {
        string run = Path.Combine(folder.Path, "runs", "toy");

        Assert.Equal(new RunFolder(run).Features, new RunFolder(run + Path.DirectorySeparatorChar).Features);
        Assert.Equal(run, new RunFolder(run + Path.DirectorySeparatorChar).Path);
    }
}
