namespace RnnServe.Tests.Server;

/// <summary>Which graphs of a model are served.</summary>
public sealed class PrecisionTests
{
    [Theory]
    [InlineData(null, "int8", "fp32")]
    [InlineData("fp32", "fp32", "fp32")]
    [InlineData("int8", "int8", "fp32")]
    public async Task The_setting_decides_where_a_model_has_the_choice(string? setting, string ofBoth, string ofOne)
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-fr", "en", "fr");
        models.Add("tiny-en-de", "en", "de").ChangeManifest(manifest =>
        {
            manifest["graphs"]!["int8"] = manifest["graphs"]!["fp32"]!.DeepClone();
            manifest["graphs"]!["default"] = "int8";
        });
        (string, string)[] settings = setting is null ? [] : [("Models:Precision", setting)];
        await using var server = await new RunningServer(models.Path, settings).SettledAsync();

        var listed = await RunningServer.OkAsync(await server.Client.GetAsync("/v1/models"));

        var precisions = listed.GetProperty("models").EnumerateArray()
            .ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("precision").GetString());
        Assert.Equal(ofBoth, precisions["tiny-en-de"]);
        Assert.Equal(ofOne, precisions["tiny-en-fr"]);
    }
}
