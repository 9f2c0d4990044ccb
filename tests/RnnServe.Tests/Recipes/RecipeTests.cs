using RnnServe.Training.Kinds;
using RnnServe.Training.Kinds.Translate;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Recipes;

public sealed class RecipeTests
{
    private const string Minimal = """
        {
          "name": "toy", "task": "translate", "licence": "MIT", "languages": { "source": "en", "target": "de" },
          // comments and trailing commas are allowed
          "data": {
            "train": { "source": "a.en", "target": ["a.de"] },
            "validation": { "source": "v.en", "target": "v.de" },
          },
          "tokenizer": {},
          "model": { MODEL },
          "training": { TRAINING },
        }
        """;

    [Fact]
    public void A_recipe_without_settings_has_the_defaults()
    {
        var recipe = Read();

        Assert.Equal(new ModelSettings(), recipe.Model);
        Assert.Equal(new TrainingSettings(), recipe.Training);
        Assert.Equal(["a.en"], recipe.Data.Train.Source);
        Assert.Equal(6000, recipe.Tokenizer.VocabularySize);
    }

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var recipe = Read(
            """ "cell": "gru_reset_before", "attention": "none", "bidirectional": false, "hidden": 64 """,
            """ "learningRate": 5e-4, "decay": "inverse_sqrt", "epochs": 3 """);

        Assert.Equal(CellKind.GruResetBefore, recipe.Model.Cell);
        Assert.Equal(AttentionKind.None, recipe.Model.Attention);
        Assert.False(recipe.Model.Bidirectional);
        Assert.Equal(64, recipe.Model.Hidden);
        Assert.Equal(5e-4, recipe.Training.LearningRate);
        Assert.Equal(Decay.InverseSqrt, recipe.Training.Decay);
        Assert.Equal(3, recipe.Training.Epochs);
    }

    [Theory]
    [InlineData("\"hiden\": 64", "", "model.hiden: found an unknown field, expected a known one such as 'hidden'.")]
    [InlineData("", "\"lerningrate\": 1", "training.lerningrate: found an unknown field, expected a known one such as 'learningRate'.")]
    [InlineData("\"Hidden\": 64", "", "model.Hidden: found an unknown field, expected a known one such as 'hidden'.")]
    [InlineData("\"hidden\": 0", "", "model.hidden: found 0, expected 1 to 4096.")]
    [InlineData("\"hidden\": 64.5", "", "model.hidden: found 64.5, expected an integer.")]
    [InlineData("\"hidden\": \"64\"", "", "model.hidden: found \"64\", expected an integer.")]
    [InlineData("\"hidden\": null", "", "model.hidden: found null, expected an integer.")]
    [InlineData("\"hidden\": 1, \"hidden\": 2", "", "model.hidden: found the field twice, expected it once.")]
    [InlineData("\"cell\": \"GRU\"", "", "model.cell: found \"GRU\", expected one of \"gru\", \"gru_reset_before\", \"lstm\", \"rnn\".")]
    [InlineData("\"bidirectional\": 1", "", "model.bidirectional: found 1, expected true or false.")]
    [InlineData("", "\"labelSmoothing\": 0.95", "training.labelSmoothing: found 0.95, expected 0 to 0.9.")]
    [InlineData("", "\"learningRate\": 1e99", "training.learningRate: found 1e99, expected 1E-08 to 10.")]
    [InlineData("", "\"epochs\": [1]", "training.epochs: found a list of 1, expected an integer.")]
    public void A_wrong_value_is_refused_with_key_value_and_range(string model, string training, string message) =>
        Assert.Equal(message, Assert.Throws<RecipeException>(() => Read(model, training)).Message);

    [Theory]
    [InlineData("\"task\": \"translate\"", "\"task\": \"summarise\"", "task: found \"summarise\"")]
    [InlineData("\"task\": \"translate\"", "\"task\": 7", "task: found 7")]
    [InlineData("\"task\": \"translate\", ", "", "task: found nothing")]
    public void A_file_without_a_known_task_is_refused_with_the_known_ones(string found, string replacement, string message)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, Fill("", "").Replace(found, replacement, StringComparison.Ordinal));

        var error = Assert.Throws<RecipeException>(() => RecipeFile.Load(path));

        File.Delete(path);
        string known = string.Join(", ", TrainingKinds.All.Select(kind => $"\"{kind.Task}\""));
        Assert.Equal($"{path}: {message}, expected one of {known}.", error.Message);
    }

    [Theory]
    [InlineData("\"name\": \"toy\", ", "", "name: found nothing, expected a text.")]
    [InlineData("\"name\": \"toy\"", "\"name\": \"../up\"", "name: found \"../up\", expected the form [a-z0-9][a-z0-9-]{0,63}.")]
    [InlineData("[\"a.de\"]", "[]", "data.train.target: found a list of 0, expected a list of 1 or more.")]
    [InlineData("\"MIT\"", "null", "licence: found null, expected a text.")]
    [InlineData("\"MIT\"", "\" \"", "licence: found \" \", expected a text that is not empty.")]
    [InlineData("[\"a.de\"]", "[7]", "data.train.target[0]: found 7, expected a text.")]
    [InlineData("{ \"source\": \"v.en\", \"target\": \"v.de\" }", "\"v\"", "data.validation: found \"v\", expected an object.")]
    public void A_recipe_that_lacks_something_is_refused_by_name(string found, string replacement, string message)
    {
        string json = Fill("", "").Replace(found, replacement, StringComparison.Ordinal);

        Assert.Equal(message, Assert.Throws<RecipeException>(() => RecipeFile.Read(json)).Message);
    }

    [Theory]
    [InlineData("\"attention\": \"dot\", \"hidden\": 100, \"encoderHidden\": 64", "{}", "it must be the size of the encoder's outputs, 128 ")]
    [InlineData("\"attention\": \"dot\", \"hidden\": 128, \"bidirectional\": false", "{}", "the size of the encoder's outputs, 256 ")]
    [InlineData("", "{ \"joint\": false }", "model.shareEmbeddings is true; it must be false")]
    public void Keys_that_contradict_each_other_are_refused_with_the_file(string model, string tokenizer, string message)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, Fill(model, "").Replace("\"tokenizer\": {}", $"\"tokenizer\": {tokenizer}", StringComparison.Ordinal));

        var error = Assert.Throws<RecipeException>(() => RecipeFile.Load(path));

        File.Delete(path);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{"), InlineData(""), InlineData("[1"), InlineData("{\"name\": tru}")]
    public void Text_that_is_not_JSON_is_refused(string json) =>
        Assert.EndsWith(", expected JSON.", Assert.Throws<RecipeException>(() => RecipeFile.Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[]", "found a list of 0, expected an object.")]
    [InlineData("{ \"task\": \"translate\", \"name\": \"\\ud800\" }", "expected valid Unicode.")]
    [InlineData("{ \"task\": \"distill\", \"network\": { \"widths\": [8, 0] } }", "network.widths[1]: found 0, expected 1 to 4096.")]
    [InlineData("{ \"task\": \"distill\", \"network\": { \"blocks\": [1, 2, 65] } }", "network.blocks[2]: found 65, expected 1 to 64.")]
    [InlineData("{ \"task\": \"distill\", \"network\": { \"blocks\": [] } }", "network.blocks: found a list of 0, expected a list of 1 or more.")]
    public void A_wrong_value_of_any_kind_of_recipe_is_named(string json, string message) =>
        Assert.EndsWith(message, Assert.Throws<RecipeException>(() => RecipeFile.Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Writing_and_reading_gives_the_same_recipe()
    {
        var recipe = Read("\"cell\": \"lstm\"", "\"seed\": 17, \"decay\": \"cosine\"");

        string json = RecipeFile.ToJson(recipe);

        Assert.Equal(json, RecipeFile.ToJson(RecipeFile.Read(json)));
    }

    // A checkpoint knows its recipe by a hash of this text: another order would make old trainings unresumable.
    [Fact]
    public void Keys_are_written_in_one_order()
    {
        using var json = System.Text.Json.JsonDocument.Parse(RecipeFile.ToJson(Read()));

        Assert.Equal(
            ["name", "task", "description", "licence", "languages", "data", "tokenizer", "model", "dropout", "training", "decoding"],
            json.RootElement.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void The_hash_tells_what_decides_the_weights_and_nothing_else()
    {
        string hash = RecipeFile.Hash(Read());

        Assert.Equal(hash, RecipeFile.Hash(Read("", "\"threads\": 2, \"provider\": \"cuda\", \"checkpointMinutes\": 1")));
        Assert.Equal(hash, RecipeFile.Hash(Read() with { Priority = 3 }));
        Assert.NotEqual(hash, RecipeFile.Hash(Read("", "\"seed\": 2")));
        Assert.NotEqual(hash, RecipeFile.Hash(Read("\"hidden\": 511", "")));
    }

    [Theory]
    [InlineData("multi30k-en-de", "en"), InlineData("multi30k-de-en", "de")]
    public void The_shipped_recipes_are_valid_and_find_their_data_beside_the_repository(string name, string source)
    {
        var recipe = Assert.IsType<TranslationRecipe>(RecipeFile.Load(TestData.InRepository("src", "RnnServe.Training", "Recipes", $"{name}.json")));

        Assert.Equal(name, recipe.Name);
        Assert.Equal(Path.Combine(TestData.SharedFolder, "data", "multi30k", $"train.{source}.gz"), Assert.Single(recipe.Data.Train.Source));
    }

    [Theory]
    [InlineData("", "", 0), InlineData("abc", "", 3), InlineData("kitten", "sitting", 3), InlineData("hiden", "hidden", 1)]
    public void The_edit_distance_counts_insertions_deletions_and_substitutions(string a, string b, int expected) =>
        Assert.Equal(expected, RnnServe.Inference.NearestName.Distance(a, b));

    private static TranslationRecipe Read(string model = "", string training = "") =>
        Assert.IsType<TranslationRecipe>(RecipeFile.Read(Fill(model, training)));

    private static string Fill(string model, string training) => Minimal
        .Replace("MODEL", model, StringComparison.Ordinal)
        .Replace("TRAINING", training, StringComparison.Ordinal);
}
