using RnnServe.Tests.Bundles;
using RnnServe.Training.Kinds;
using RnnServe.Training.Kinds.Classify;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Classify;

public sealed class ClassifyTrainingRecipeTests
{
    private const string Minimal = """
        {
          "name": "toy", "task": "classify", "licence": "MIT", "languages": { "source": "en" },
          "data": { "train": "train.tsv", "validation": "val.tsv" },
          "labels": [LABELS], MORE
        }
        """;

    private const string Labels = """{ "name": "bad" }, { "name": "good", "values": ["3", "4"] }""";

    [Fact]
    public void A_recipe_without_settings_has_the_defaults_and_absolute_paths()
    {
        using var folder = new TemporaryFolder();

        var recipe = Load(folder, Labels, "");

        Assert.Equal(new ClassifyModelSettings(), recipe.Model);
        Assert.Equal([Path.Combine(folder.Path, "train.tsv")], recipe.Data.Train);
        Assert.Equal(Path.Combine(folder.Path, "val.tsv"), recipe.Data.Validation);
        Assert.Equal(["bad"], recipe.Labels[0].Values);
        Assert.Equal(["3", "4"], recipe.Labels[1].Values);
    }

    [Fact]
    public void Writing_and_reading_gives_the_same_recipe()
    {
        using var folder = new TemporaryFolder();
        var recipe = Load(folder, Labels, "\"model\": { \"pooling\": \"last\", \"cell\": \"lstm\" }, \"tokenizer\": { \"kind\": \"bpe\" }");

        var again = Assert.IsType<ClassifyRecipe>(RecipeFile.Read(RecipeFile.ToJson(recipe)));

        Assert.Equal(Pooling.Last, again.Model.Pooling);
        Assert.Equal(["3", "4"], again.Labels[1].Values);
        Assert.Equal(RecipeFile.Hash(recipe), RecipeFile.Hash(again));
    }

    [Theory]
    [InlineData("{ \"name\": \"bad\" }", "", "labels: found a list of 1, expected a list of 2 or more.")]
    [InlineData(
        "{ \"name\": \"bad\" }, { \"nam\": \"good\" }",
        "",
        "labels[1].nam: found an unknown field, expected a known one such as 'name'.")]
    [InlineData("{ \"name\": \"bad\" }, {}", "", "labels[1].name: found nothing, expected a text.")]
    [InlineData(
        "{ \"name\": \"bad\" }, { \"name\": \"good\", \"values\": [] }",
        "",
        "labels[1].values: found a list of 0, expected a list of 1 or more.")]
    [InlineData("{ \"name\": \"bad\" }, { \"name\": \"bad\" }", "", "labels has \"bad\" twice; each label needs a name of its own.")]
    [InlineData(
        "{ \"name\": \"bad\", \"values\": \"1\" }, { \"name\": \"good\", \"values\": [\"1\", \"2\"] }",
        "",
        "labels: every value of \"bad\" stands for another label too; it needs one of its own.")]
    [InlineData(
        Labels,
        "\"model\": { \"pooling\": \"max\" }",
        "model.pooling: found \"max\", expected one of \"attention\", \"mean\", \"last\".")]
    [InlineData(Labels, "\"dropout\": { \"tokens\": 1 }", "dropout.tokens: found 1, expected 0 to 0.95.")]
    [InlineData(Labels, "\"tokenizer\": { \"minimumCount\": 0 }", "tokenizer.minimumCount: found 0, expected 1 to 1000000.")]
    [InlineData(
        Labels,
        "\"training\": { \"emaWarmUp\": false }",
        "training.emaWarmUp is false; without start it must be true, or the average keeps a share of random weights.")]
    public void What_contradicts_itself_or_leaves_its_range_is_refused(string labels, string more, string message)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<RecipeException>(() => Load(folder, labels, more));

        Assert.EndsWith($": {message}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sst2-en", "0 1 3 4"), InlineData("sst5-en", "0 1 2 3 4")]
    public void The_shipped_recipes_are_valid_and_find_their_data_beside_the_repository(string name, string values)
    {
        string path = TestData.InRepository("src", "RnnServe.Training", "Recipes", $"{name}.json");

        var recipe = Assert.IsType<ClassifyRecipe>(RecipeFile.Load(path));

        Assert.Equal(name, recipe.Name);
        Assert.Equal([Path.Combine(TestData.SharedFolder, "data", "sst", "train.trees.gz")], recipe.Data.Train);
        Assert.Equal(Path.Combine(TestData.SharedFolder, "data", "sst", "test.trees.gz"), recipe.Data.Test);
        Assert.Equal(values, string.Join(' ', recipe.Labels.SelectMany(label => label.Values)));
    }

    [Fact]
    public void The_recipe_of_the_languages_finds_a_file_for_each()
    {
        var recipe = Assert.IsType<ClassifyRecipe>(RecipeFile.Load(TestData.InRepository("src", "RnnServe.Training", "Recipes", "languages.json")));

        Assert.Equal(Path.Combine(TestData.SharedFolder, "data", "multi30k", "train.{cs|de|en|fr}.gz"), recipe.Data.Train[0]);
        Assert.Equal(new WordRun(1, 12), recipe.Data.Words);
        Assert.Equal(["cs", "de", "en", "fr"], recipe.Labels.Select(label => label.Name));
    }

    private static ClassifyRecipe Load(TemporaryFolder folder, string labels, string more)
    {
        string path = Path.Combine(folder.Path, "recipe.json");
        string text = Minimal.Replace("LABELS", labels, StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal);
        File.WriteAllText(path, text);
        return Assert.IsType<ClassifyRecipe>(RecipeFile.Load(path));
    }
}
