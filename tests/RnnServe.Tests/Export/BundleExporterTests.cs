using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Tests.Training;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Export;

public sealed class BundleExporterTests
{
    private const string Model = """{ "embedding": 8, "hidden": 8, "attentionSize": 8, "encoderHidden": 4, "encoderLayers": 1 }""";

    [Fact]
    public void An_export_is_the_next_version_and_leaves_nothing_behind_when_it_fails()
    {
        using var project = new ToyProject(letters => letters, Model, "\"epochs\": 1, \"threads\": 1");
        Assert.Equal(0, project.Train());
        var models = Path.Combine(project.Folder, "models");
        var toy = Path.Combine(models, "toy");
        foreach (var junk in new[] { "notes", "07", "-3", ".1.partial" })
            Directory.CreateDirectory(Path.Combine(toy, junk));

        Assert.Equal(Path.Combine(toy, "1"), Export(project, models));
        Assert.Equal(Path.Combine(toy, "2"), Export(project, models));
        File.WriteAllText(Path.Combine(toy, "3"), "in the way");
        Assert.Throws<IOException>(() => Export(project, models));

        Assert.Equal([2, 1], ModelBundle.Versions(toy).Select(v => v.Version));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(toy), path => path.EndsWith(".partial", StringComparison.Ordinal));
        Assert.Equal("toy", BundleReader.Load(Path.Combine(toy, "2")).Manifest.Name);
    }

    private static string Export(ToyProject project, string models)
    {
        var folder = new RunFolder(project.Run);
        return TrainingKinds.Train(RecipeFile.Load(folder.Recipe)).Export(folder, models, new(TextWriter.Null, live: false, TimeProvider.System));
    }
}
