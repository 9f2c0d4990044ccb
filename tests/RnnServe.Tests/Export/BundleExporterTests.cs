using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
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

    [Fact]
    public void An_export_has_what_the_recipe_says_about_serving()
    {
        using var project = new ToyProject(letters => letters, Model, "\"epochs\": 1, \"threads\": 1");
        string recipe = File.ReadAllText(project.Recipe)
            .Replace("\"name\"", "\"priority\": 7, \"name\"", StringComparison.Ordinal)
            .Replace("\"vocabularySize\": 281", "\"vocabularySize\": 284, \"placeholders\": 3", StringComparison.Ordinal)
            .Replace("\"beamSize\": 2", "\"beamSize\": 2, \"neverProduce\": [\"so\", \"such\"]", StringComparison.Ordinal);
        File.WriteAllText(project.Recipe, recipe);
        Assert.Equal(0, project.Train());

        string bundle = Export(project, Path.Combine(project.Folder, "models"));

        var manifest = (TranslateManifest)BundleReader.Load(bundle).Manifest;
        Assert.Equal((7, 3), (manifest.Priority, manifest.Translate.Placeholders));
        Assert.Equal(["so", "such"], manifest.Decoding.NeverProduce);
    }

    [Fact]
    public void An_export_of_8_bit_graphs_alone_answers_as_those_of_both_do()
    {
        using var project = new ToyProject(letters => letters, Model, "\"epochs\": 1, \"threads\": 1");
        Assert.Equal(0, project.Train());
        string models = Path.Combine(project.Folder, "models");
        string both = Export(project, models);
        string recipe = Path.Combine(project.Run, "recipe.json");
        File.WriteAllText(recipe, File.ReadAllText(recipe).Replace("\"name\"", "\"int8Alone\": true, \"name\"", StringComparison.Ordinal));

        string alone = Export(project, models);

        var (expected, found) = (BundleReader.Load(both).Manifest, BundleReader.Load(alone).Manifest);
        Assert.Equal("int8", expected.Graphs.Default);
        Assert.NotNull(expected.Graphs.Full);
        Assert.Null(found.Graphs.Full);
        Assert.Equal(expected.Canary!.Answers!.Quantized, found.Canary!.Answers!.Quantized);
        Assert.Null(found.Canary.Answers.Full);
        Assert.Equal(found.Files.Select(file => file.Path).Append("model.json").Append("README.md").Order(),
            Directory.GetFiles(alone).Select(Path.GetFileName).Order()!);
        Assert.True(found.Files.Count < expected.Files.Count);
    }

    private static string Export(ToyProject project, string models)
    {
        var folder = new RunFolder(project.Run);
        return TrainingKinds.Train(RecipeFile.Load(folder.Recipe)).Export(folder, models, new(TextWriter.Null, live: false, TimeProvider.System));
    }
}
