using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Bundles;

public sealed class CaptionBundleTests : IDisposable
{
    private static readonly BatchingOptions OneWorker = new() { Workers = 1 };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_bundle_loads_and_answers_its_canary(bool attention)
    {
        string bundle = Create(new TinyBundleOptions { Attention = attention });

        await using var captioner = await Captioner.LoadAsync(bundle, OneWorker);

        Assert.Equal("canary.png", captioner.Bundle.Manifest.Canary!.Input);
    }

    [Fact]
    public async Task Every_task_is_loaded_by_what_the_manifest_says()
    {
        await using var translator = await KindLoader.LoadAsync<IModel>(null, TinyBundle.Create(folder.Path, "text"), OneWorker);
        await using var captioner = await KindLoader.LoadAsync<IModel>(null, Create(), OneWorker);

        Assert.IsType<Translator>(translator);
        Assert.IsType<Captioner>(captioner);
    }

    [Fact]
    public async Task A_bundle_of_the_other_task_is_refused()
    {
        string bundle = Create();

        var error = await Assert.ThrowsAsync<ModelBundleException>(() => Translator.LoadAsync(bundle, OneWorker));

        Assert.Equal(("model.json", "task", "'caption'", "'translate'"), (error.File, error.Field, error.Found, error.Expected));
    }

    [Fact]
    public async Task A_wrong_canary_names_both_answers()
    {
        string bundle = Create();
        string right = TinyBundle.Read(bundle).Canary!.Expected!;
        TinyBundle.Edit(bundle, m => m with { Canary = m.Canary! with { Expected = "a dog" } });

        var error = await Assert.ThrowsAsync<ModelBundleException>(() => Captioner.LoadAsync(bundle, OneWorker));

        Assert.Equal(("model.json", "canary", $"'{right}'", "'a dog'"), (error.File, error.Field, error.Found, error.Expected));
    }

    [Fact]
    public async Task A_canary_that_is_no_image_is_named()
    {
        string bundle = Create();
        File.WriteAllText(Path.Combine(bundle, "canary.png"), "no image");
        TinyBundle.Rehash(bundle);

        var error = await Assert.ThrowsAsync<ModelBundleException>(() => Captioner.LoadAsync(bundle, OneWorker));

        Assert.Equal("canary.png", error.File);
    }

    [Theory]
    [InlineData("image.size", "0", "0", "1 to 4096")]
    [InlineData("image.size", "\"24\"", "\"24\"", "an integer")]
    [InlineData("image.fit", "\"stretch\"", "\"stretch\"", "\"squash\", \"crop\", \"pad\"")]
    [InlineData("image.mean", "[0.5, 0.5]", "a list of 2", "a list of 3")]
    [InlineData("image.std", "[1, 1, 1, 1]", "a list of 4", "a list of 3")]
    [InlineData("image.std", "[1, 0, 1]", "0", "above 0")]
    [InlineData("image.grid", "[9]", "a list of 1", "rows and columns")]
    [InlineData("image.grid", "[3, 0]", "0", "1 to 256")]
    [InlineData("image.gird", "[3, 3]", "an unknown field", "'grid'")]
    [InlineData("languages.source", "\"en\"", "a value", "task 'caption' has none")]
    [InlineData("tokenizers.source", "\"tokenizer.json\"", "a value", "task 'caption' has none")]
    [InlineData("encoder", "{\"vocabularySize\":38,\"endId\":3,\"padId\":0}", "unknown field", "a known one")]
    [InlineData("decoding.coveragePenalty", "0.5", "0.5", "task 'caption' has none")]
    [InlineData("canary.input", "\"../canary.png\"", "'../canary.png'", "inside the bundle")]
    [InlineData("canary.input", "\"a bad cab.\"", "'a bad cab.'", "'files' lists")]
    public void A_wrong_field_is_named_with_what_was_found_and_expected(string path, string value, string found, string expected)
    {
        string json = File.ReadAllText(Path.Combine(Create(), "model.json"));
        string changed = ManifestJsonTests.Change(ManifestJsonTests.FormatOne(json), path, value);

        var error = Assert.Throws<ModelBundleException>(() => ManifestJsonTests.Read(changed));

        Assert.StartsWith(path, error.Field, StringComparison.Ordinal);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image"), InlineData("image.grid"), InlineData("image.mean"), InlineData("tokenizers.target")]
    public void A_missing_field_is_named(string path)
    {
        string json = File.ReadAllText(Path.Combine(Create(), "model.json"));
        string changed = ManifestJsonTests.Change(ManifestJsonTests.FormatOne(json), path, null);

        var error = Assert.Throws<ModelBundleException>(() => ManifestJsonTests.Read(changed));

        Assert.Equal((path, "nothing"), (error.Field, error.Found));
    }

    [Fact]
    public void A_grid_without_attention_is_one_cell()
    {
        string json = File.ReadAllText(Path.Combine(Create(new TinyBundleOptions { Attention = false }), "model.json"));
        string changed = ManifestJsonTests.Change(ManifestJsonTests.FormatOne(json), "image.grid", "[3, 3]");

        var error = Assert.Throws<ModelBundleException>(() => ManifestJsonTests.Read(changed));

        Assert.Equal(("image.grid[0]", "3", "1"), (error.Field, error.Found, error.Expected));
    }

    [Fact]
    public void A_graph_that_makes_another_number_of_cells_than_the_manifest_says_is_refused()
    {
        string bundle = Create();
        TinyCaptionBundle.EditImage(bundle, image => image with { Grid = [4, 4] });

        var error = Fault(bundle);

        Assert.Equal(("encoder.onnx", "output 'memory'"), (error.File, error.Field));
        Assert.Equal(("Float [any, 9, 12]", "Float [any, 16 or any, 12]"), (error.Found, error.Expected));
    }

    [Fact]
    public void A_graph_for_every_size_of_image_is_tried_and_its_number_of_cells_compared()
    {
        string bundle = Create();
        OpenSizes(bundle);
        ModelSessions.Load(BundleReader.Load(bundle)).Dispose();
        TinyCaptionBundle.EditImage(bundle, image => image with { Grid = [4, 4] });

        var error = Fault(bundle);

        Assert.Equal(("encoder.onnx", ""), (error.File, error.Field));
        Assert.Contains("24 x 24 pixels that gives 4 x 4 cells", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_for_another_size_of_image_than_the_manifest_says_is_refused()
    {
        string bundle = Create();
        TinyCaptionBundle.EditImage(bundle, image => image with { Size = 32 });

        var error = Fault(bundle);

        Assert.Equal(("encoder.onnx", "input 'image'"), (error.File, error.Field));
        Assert.Equal(("Float [any, 3, 24, 24]", "Float [any, 3, 32 or any, 32 or any]"), (error.Found, error.Expected));
    }

    [Fact]
    public void A_graph_that_reads_text_is_refused()
    {
        string bundle = Create();
        File.Copy(Path.Combine(TinyBundle.Create(folder.Path, "text"), "encoder.onnx"), Path.Combine(bundle, "encoder.onnx"), overwrite: true);
        TinyBundle.Rehash(bundle);

        var error = Fault(bundle);

        Assert.Equal(("encoder.onnx", "input 'image'", "only 'source', 'source_mask'"), (error.File, error.Field, error.Found));
    }

    private string Create(TinyBundleOptions? options = null) => TinyCaptionBundle.Create(folder.Path, "tiny", options);

    /// <summary>Leaves width and height of the image open in the graph.</summary>
    private static void OpenSizes(string bundle) => ModelBundleTests.EditGraph(bundle, "encoder.onnx", graph =>
    {
        var sizes = graph.Input[0].Type.TensorType.Shape.Dim;
        (sizes[2].DimParam, sizes[3].DimParam) = ("Y", "X");
    });

    private static ModelBundleException Fault(string bundle) =>
        Assert.Throws<ModelBundleException>(() => ModelSessions.Load(BundleReader.Load(bundle)).Dispose());
}
