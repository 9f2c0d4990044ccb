using RnnServe.Training.Kinds;
using RnnServe.Training.Kinds.Translate;

namespace RnnServe.Tests.Documentation;

public sealed class DatesSampleTests
{
    private static readonly string Folder = TestData.InRepository("samples", "dates");

    [Fact]
    public void The_files_are_what_the_generator_writes()
    {
        var (train, validation) = (DatesSample.Pairs().Take(DatesSample.TrainingPairs), DatesSample.Pairs().Skip(DatesSample.TrainingPairs));
        (string Name, IEnumerable<string> Lines)[] files =
        [
            ("train.words", train.Select(p => p.Words)), ("train.iso", train.Select(p => p.Iso)),
            ("val.words", validation.Select(p => p.Words)), ("val.iso", validation.Select(p => p.Iso)),
        ];
        foreach (var (name, lines) in files)
        {
            var path = Path.Combine(Folder, name);
            var text = string.Concat(lines.Select(line => line + "\n"));
            if (Environment.GetEnvironmentVariable("RNNSERVE_WRITE_SAMPLES") == "1")
                File.WriteAllText(path, text);
            Assert.Equal(text, File.ReadAllText(path));
        }
    }

    [Fact]
    public void No_date_of_the_validation_is_learnt_from() => Assert.Empty(
        TestData.ReadLines(Path.Combine(Folder, "train.iso")).Intersect(TestData.ReadLines(Path.Combine(Folder, "val.iso"))));

    [Fact]
    public void The_date_that_the_readme_asks_for_is_not_learnt_from()
    {
        var request = ReadmeText.CurlRequests("README.md").Single(r => r.Model is null && r.Source is null);

        Assert.DoesNotContain(request.Text!.Items[0], TestData.ReadLines(Path.Combine(Folder, "train.words")));
    }

    [Fact]
    public void The_recipe_finds_its_files()
    {
        var data = Assert.IsType<TranslationRecipe>(RecipeFile.Load(Path.Combine(Folder, "recipe.json"))).Data;

        Assert.All(
            data.Train.Source.Concat(data.Train.Target).Append(data.Validation.Source).Append(data.Validation.Target),
            path => Assert.True(File.Exists(path), path));
    }
}
