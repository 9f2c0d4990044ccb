using System.Net;

namespace RnnServe.Tests.Server;

public class ModelChoiceTests(TwoModels two) : IClassFixture<TwoModels>
{
    private readonly RunningServer server = two.Server;

    [Theory]
    [InlineData("""{ "text": "a", "model": "tiny-en-de" }""", "tiny-en-de")]
    [InlineData("""{ "text": "a", "model": "tiny-de-en" }""", "tiny-de-en")]
    [InlineData("""{ "text": "a", "model": "tiny-de-en", "source": "de", "target": "en" }""", "tiny-de-en")]
    [InlineData("""{ "text": "a", "source": "en", "target": "de" }""", "tiny-en-de")]
    [InlineData("""{ "text": "a", "source": "DE", "target": "EN" }""", "tiny-de-en")]
    [InlineData("""{ "text": "a", "source": "en-GB", "target": "de-AT" }""", "tiny-en-de")]
    [InlineData("""{ "text": "a", "source": "de" }""", "tiny-de-en")]
    [InlineData("""{ "text": "a", "target": "de" }""", "tiny-en-de")]
    public async Task A_model_is_picked_by_name_or_by_languages(string body, string model)
    {
        var answer = await RunningServer.OkAsync(await server.TranslateAsync(body));

        Assert.Equal(model, answer.GetProperty("model").GetString());
        Assert.Equal("1", answer.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("""{ "text": "a", "model": "tiny-en-fr" }""", "model", "tiny-en-fr")]
    [InlineData("""{ "text": "a", "model": "TINY-EN-DE" }""", "model", "TINY-EN-DE")]
    [InlineData("""{ "text": "a", "source": "en", "target": "fr" }""", "source", "'en' → 'fr'")]
    [InlineData("""{ "text": "a", "source": "eng" }""", "source", "'eng'")]
    [InlineData("""{ "text": "a", "target": "fr" }""", "target", "'fr'")]
    public async Task An_unknown_model_or_pair_is_not_found_and_what_exists_is_named(string body, string field, string asked)
    {
        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync(body), HttpStatusCode.NotFound);

        var message = problem.GetProperty("errors").GetProperty(field)[0].GetString();
        Assert.All([asked, "tiny-en-de", "tiny-de-en"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_choice_between_two_models_is_left_to_the_caller()
    {
        var problem = await RunningServer.ProblemAsync(await server.TranslateAsync("""{ "text": "a" }"""), HttpStatusCode.BadRequest);

        var message = problem.GetProperty("errors").GetProperty("model")[0].GetString();
        Assert.All(["tiny-en-de", "tiny-de-en"], name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_several_models_that_fit_the_one_with_the_greatest_priority_answers()
    {
        using var models = new ModelFolder();
        models.Add("first", "en", "de");
        models.Add("liked", "en", "de").ChangeManifest(m => m["priority"] = 2);
        models.Add("liked-less", "en", "fr").ChangeManifest(m => m["priority"] = 1);
        models.Add("unloved", "en", "fr").ChangeManifest(m => m["priority"] = -1);
        models.Add("unloved-too", "en", "it").ChangeManifest(m => m["priority"] = -1);
        await using var several = await new RunningServer(models.Path).SettledAsync();

        Assert.Equal("liked", await ModelAsync("""{ "text": "a", "source": "en", "target": "de" }"""));
        Assert.Equal("liked", await ModelAsync("""{ "text": "a" }"""));
        Assert.Equal("liked-less", await ModelAsync("""{ "text": "a", "target": "fr" }"""));
        Assert.Equal("unloved-too", await ModelAsync("""{ "text": "a", "target": "it" }"""));
        Assert.Equal("first", await ModelAsync("""{ "text": "a", "model": "first" }"""));
        var listed = await RunningServer.OkAsync(await several.Client.GetAsync("/v1/models"));
        Assert.Equal([0, 2, 1, -1, -1], listed.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("priority").GetInt32()));

        async Task<string?> ModelAsync(string body) =>
            (await RunningServer.OkAsync(await several.TranslateAsync(body))).GetProperty("model").GetString();
    }

    [Fact]
    public async Task Equal_priorities_leave_the_choice_to_the_caller_and_lesser_ones_are_not_named()
    {
        using var models = new ModelFolder();
        models.Add("one", "en", "de").ChangeManifest(m => m["priority"] = 3);
        models.Add("two", "en", "de").ChangeManifest(m => m["priority"] = 3);
        models.Add("old", "en", "de");
        await using var several = await new RunningServer(models.Path).SettledAsync();

        var response = await several.TranslateAsync("""{ "text": "a", "source": "en" }""");

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(
            "Several models fit: 'one' (en → de), 'two' (en → de); name one",
            problem.GetProperty("errors").GetProperty("source")[0].GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Languages_that_contradict_the_model_are_refused()
    {
        var response = await server.TranslateAsync("""{ "text": "a", "model": "tiny-en-de", "source": "de" }""");

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains("en → de", problem.GetProperty("errors").GetProperty("model")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_only_model_needs_no_name()
    {
        using var models = new ModelFolder();
        models.Add("alone", "en", "de");
        await using var single = await new RunningServer(models.Path).SettledAsync();

        var answer = await RunningServer.OkAsync(await single.TranslateAsync("""{ "text": "a" }"""));

        Assert.Equal("alone", answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task The_highest_valid_version_is_served_and_the_bad_one_above_is_named()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de", version: 9);
        models.Add("tiny", "en", "de", version: 10);
        models.Add("tiny", "en", "de", version: 11);
        File.Delete(System.IO.Path.Combine(models.Path, "tiny", "11", "decoder.onnx"));
        Directory.CreateDirectory(System.IO.Path.Combine(models.Path, "tiny", "draft"));
        await using var single = await new RunningServer(models.Path).SettledAsync();

        var answer = await RunningServer.OkAsync(await single.TranslateAsync("""{ "text": "a" }"""));
        var model = await RunningServer.OkAsync(await single.Client.GetAsync("/v1/models/tiny"));

        Assert.Equal("10", answer.GetProperty("version").GetString());
        Assert.Equal("ready", model.GetProperty("state").GetString());
        Assert.Contains("Version 11", model.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("decoder.onnx", model.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }
}
