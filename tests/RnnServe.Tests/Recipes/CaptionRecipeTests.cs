using RnnServe.Training.Kinds;
using RnnServe.Training.Kinds.Caption;
using RnnServe.Training.Kinds.Distil;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Recipes;

public sealed class CaptionRecipeTests
{
    private const string Minimal = """
        {
          "name": "toy", "task": "caption", "licence": "MIT", "language": "en",
          "data": { "images": "photos", "captions": "captions.tsv", "train": "train.txt", "validation": "val.txt" },
          "backbone": { BACKBONE, "output": "features" MORE }, "model": { MODEL }, REST
        }
        """;

    [Fact]
    public void A_recipe_without_settings_has_the_defaults_and_absolute_paths()
    {
        var recipe = Load("", "");

        Assert.Equal(new CaptionModelSettings(), recipe.Model);
        Assert.Equal([0.485, 0.456, 0.406], recipe.Backbone.Mean);
        Assert.Equal(Path.Combine(Path.GetTempPath(), "cnn.onnx"), recipe.Backbone.Path);
        Assert.Equal(Path.Combine(Path.GetTempPath(), "val.txt"), recipe.Data.Validation);
        Assert.Null(recipe.Canary);
    }

    [Fact]
    public void Writing_and_reading_gives_the_same_recipe()
    {
        var recipe = Load(", \"mean\": [0.5, 0.25, 1], \"fit\": \"crop\"", "\"decoder\": \"show_tell\", \"cell\": \"lstm\"");

        var again = Assert.IsType<CaptionRecipe>(RecipeFile.Read(RecipeFile.ToJson(recipe)));

        Assert.Equal([0.5, 0.25, 1], again.Backbone.Mean);
        Assert.Equal(CaptionDecoderKind.ShowTell, again.Model.Decoder);
        Assert.Equal(RecipeFile.Hash(recipe), RecipeFile.Hash(again));
    }

    [Theory]
    [InlineData(", \"mean\": [0.5, 0.5]", "", "backbone.mean: found a list of 2, expected a list of 3.")]
    [InlineData(", \"mean\": [1, 2, 3, 4]", "", "backbone.mean: found a list of 4, expected a list of 3.")]
    [InlineData(", \"mean\": [1, \"2\", 3]", "", "backbone.mean[1]: found \"2\", expected a number.")]
    [InlineData(", \"mean\": 0.5", "", "backbone.mean: found 0.5, expected a list of numbers.")]
    [InlineData(", \"std\": [1, -0.5, 1]", "", "backbone.std[1]: found -0.5, expected a number above 0.")]
    [InlineData(", \"size\": 4", "", "backbone.size: found 4, expected 8 to 1024.")]
    [InlineData("", "\"attention\": \"none\"", "model.attention is \"none\"; with model.decoder \"show_attend_tell\" it must be another.")]
    [InlineData("", "\"attention\": \"dot\", \"hidden\": 10", "model.hidden is 10; with dot attention it must be model.memory, 512.")]
    public void What_contradicts_itself_or_leaves_its_range_is_refused(string backbone, string model, string message) =>
        Assert.EndsWith($": {message}", Assert.Throws<RecipeException>(() => Load(backbone, model)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"path\": \"a.onnx\", \"package\": \"x\"", "", "backbone.path is given beside backbone.package; one of the two is needed.")]
    [InlineData("\"size\": 64", "", "backbone.path is missing; without backbone.package it is needed.")]
    [InlineData("\"package\": \"x\"", "", "backbone.package is \"x\"; it must be Microsoft.ML.DnnImageFeaturizer.ResNet18.")]
    [InlineData(
        "\"package\": \"Microsoft.ML.DnnImageFeaturizer.ResNet18\"",
        "\"start\": \"x\", \"fineTune\": { \"network\": \"y\" }",
        "backbone.path is missing; with fineTune it must be the export of fineTune.network.")]
    public void A_backbone_is_a_file_or_a_known_package(string backbone, string rest, string message) => Assert.EndsWith(
        $": {message}", Assert.Throws<RecipeException>(() => Load("", "", rest, backbone)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"selfCritical\": {}", "start is missing; with selfCritical it must name a training that has learnt from captions.")]
    [InlineData("\"start\": \"x\", \"selfCritical\": {}", "training.labelSmoothing is 0.1; with selfCritical it must be 0.")]
    [InlineData(
        "\"start\": \"x\", \"selfCritical\": {}, \"training\": { \"labelSmoothing\": 0 }",
        "doublyStochastic is 0.5; with selfCritical it must be 0.")]
    [InlineData("\"start\": \"x\", \"selfCritical\": { \"hypotheses\": 1 }", "selfCritical.hypotheses: found 1, expected 2 to 16.")]
    [InlineData(
        "\"start\": \"x\", \"selfCritical\": {}, \"fineTune\": { \"network\": \"y\" }",
        "fineTune and selfCritical cannot be in one recipe; train one stage after the other.")]
    [InlineData(
        "\"start\": \"x\", \"selfCritical\": {}, \"training\": { \"batchSentences\": 4 }",
        "training.batchSentences is 4; it must be selfCritical.hypotheses, 5, or more.")]
    [InlineData(
        "\"training\": { \"emaWarmUp\": false }",
        "training.emaWarmUp is false; without start it must be true, or the average keeps a share of random weights.")]
    public void Learning_from_scores_needs_a_start_and_a_loss_of_nothing_else(string rest, string message) =>
        Assert.EndsWith($": {message}", Assert.Throws<RecipeException>(() => Load("", "", rest)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("flickr8k-show-attend-tell-3")]
    [InlineData("flickr8k-show-attend-tell"), InlineData("flickr8k-show-attend-tell-2"), InlineData("flickr8k-show-tell")]
    public void The_shipped_recipes_are_valid_and_find_their_data_beside_the_repository(string name)
    {
        var recipe = Assert.IsType<CaptionRecipe>(RecipeFile.Load(TestData.InRepository("src", "RnnServe.Training", "Recipes", $"{name}.json")));

        Assert.Equal(name, recipe.Name);
        Assert.Equal(Path.Combine(TestData.SharedFolder, "data", "flickr8k", "train.txt"), recipe.Data.Train);
        Assert.Equal(Path.Combine(TestData.SharedFolder, "backbones", "mobilenetv2_features.onnx"), recipe.Backbone.Path);
    }

    [Theory]
    [InlineData("flickr8k-resnet18", null), InlineData("flickr8k-resnet18-2", "flickr8k-resnet18")]
    [InlineData("flickr8k-resnet18-3", "flickr8k-resnet18-2"), InlineData("flickr8k-en", "flickr8k-resnet18-3")]
    public void The_recipes_on_the_packages_CNN_follow_on_one_another(string name, string? start)
    {
        var recipe = Assert.IsType<CaptionRecipe>(RecipeFile.Load(TestData.InRepository("src", "RnnServe.Training", "Recipes", $"{name}.json")));

        Assert.Equal(name, recipe.Name);
        Assert.Equal(start is null ? null : TestData.InRepository("runs", start), recipe.Start);
        Assert.Equal("Microsoft.ML.DnnImageFeaturizer.ResNet18", recipe.Backbone.Name);
        Assert.Equal(RecipeFile.Hash(recipe), RecipeFile.Hash(RecipeFile.Read(RecipeFile.ToJson(recipe))));
    }

    [Theory]
    [InlineData("flickr8k-small-decoder"), InlineData("flickr8k-small")]
    public void The_recipes_of_the_small_model_follow_on_one_another(string name)
    {
        var recipe = Assert.IsType<CaptionRecipe>(RecipeFile.Load(TestData.InRepository("src", "RnnServe.Training", "Recipes", $"{name}.json")));
        var cnn = Assert.IsType<DistillationRecipe>(RecipeFile.Load(TestData.InRepository("src", "RnnServe.Training", "Recipes", "flickr8k-cnn.json")));

        Assert.Equal(name, recipe.Name);
        Assert.Equal(cnn.Network.Size, recipe.Backbone.Size);
        Assert.Equal(TestData.InRepository("runs", cnn.Name, "features.onnx"), recipe.Backbone.Path);
        if (recipe.FineTune is { } fineTune)
        {
            Assert.Equal(TestData.InRepository("runs", cnn.Name), fineTune.Network);
            Assert.Equal(TestData.InRepository("runs", "flickr8k-small-decoder"), recipe.Start);
        }
    }

    private static CaptionRecipe Load(string backbone, string model, string rest = "", string cnn = "\"path\": \"cnn.onnx\"")
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        var text = Minimal.Replace("MORE", backbone, StringComparison.Ordinal).Replace("MODEL", model, StringComparison.Ordinal);
        text = text.Replace("BACKBONE", cnn, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace("REST", rest, StringComparison.Ordinal));
        try
        {
            return Assert.IsType<CaptionRecipe>(RecipeFile.Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
