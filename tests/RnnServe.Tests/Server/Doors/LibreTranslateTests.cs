using System.Net;
using System.Text.Json;

namespace RnnServe.Tests.Server.Doors;

/// <summary>translate and libretranslate from npm, unmodified, and the form that other clients send.</summary>
[Collection(nameof(OpenDoors))]
public sealed class LibreTranslateTests(OpenDoors doors)
{
    [Fact]
    public async Task Translate_and_libretranslate_translate()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text);

        var translate = NodeClients.Ask("translate", doors.Server, ["translate", OpenDoors.Text, "English", "ger"]);
        var libre = NodeClients.Ask(
            "libretranslate", doors.Server, ["translate", OpenDoors.Text, "en", "de"], ["translate", OpenDoors.Text, null, "de"]);

        Assert.Equal(german[0], NodeClients.Value(translate[0]).GetString());
        Assert.All(libre, outcome => Assert.Equal(german[0], NodeClients.Value(outcome).GetString()));
    }

    [Fact]
    public async Task Translate_and_libretranslate_are_told_of_bad_input_missing_models_and_overload()
    {
        var translate = NodeClients.Ask(
            "translate", doors.Server, ["translate", OpenDoors.Text, "en", "fr"], ["translate", " ", "en", "de"]);
        var libre = NodeClients.Ask("libretranslate", doors.Server, ["translate", OpenDoors.Text, "en", "fr"]);
        await using var busy = await BusyServer.StartAsync();
        var overload = NodeClients.Ask("translate", busy.Server, ["translate", OpenDoors.Text, "en", "de"]);

        NodeClients.AssertFailed(translate[0], "Error", "No model is for 'en' → 'fr'");
        NodeClients.AssertFailed(translate[1], "Error", "q is empty");
        NodeClients.AssertFailed(libre[0], "TypeError", "not found");
        NodeClients.AssertFailed(overload[0], "Error", "sentences are waiting");
    }

    [Fact]
    public async Task A_form_is_answered_as_json_is()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["q"] = OpenDoors.Text,
            ["source"] = "auto",
            ["target"] = "de",
            ["alternatives"] = "2",
            ["api_key"] = "",
        });

        var answer = await RunningServer.OkAsync(await doors.Server.Client.PostAsync("/translate", form));

        Assert.Equal(german[0], answer.GetProperty("translatedText").GetString());
        Assert.Equal("en", answer.GetProperty("detectedLanguage").GetProperty("language").GetString());
        Assert.InRange(answer.GetProperty("alternatives").GetArrayLength(), 1, 2);
    }

    [Fact]
    public async Task An_array_is_answered_with_an_array()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text, "A cab.");
        string body = JsonSerializer.Serialize(new { q = new[] { OpenDoors.Text, "A cab." }, source = "en", target = "de", alternatives = 1 });

        var answer = await RunningServer.OkAsync(await doors.Server.Client.PostAsync("/translate", RunningServer.Json(body)));

        Assert.Equal(german, answer.GetProperty("translatedText").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(2, answer.GetProperty("alternatives").GetArrayLength());
        Assert.False(answer.TryGetProperty("detectedLanguage", out _));
    }

    [Theory]
    [InlineData("""{ "q": "a", "source": "en" }""", "target is missing")]
    [InlineData("""{ "source": "en", "target": "de" }""", "q is missing")]
    [InlineData("""{ "q": "a", "source": "en", "target": "de", "format": "html" }""", "format is 'html'")]
    [InlineData("""{ "q": "a", "source": "en", "target": "de", "alternatives": 16 }""", "alternatives is 16")]
    [InlineData("""{ "q": ["a", " "], "source": "en", "target": "de" }""", "q[1] is empty")]
    [InlineData("""{ "q": 3, "source": "en", "target": "de" }""", "q is 3")]
    [InlineData("""{ "q": "a", "source": [], "target": "de" }""", "source is []")]
    [InlineData("""{ "q": "a" """, "not valid JSON")]
    public async Task A_bad_request_is_refused_with_the_field(string body, string message)
    {
        var response = await doors.Server.Client.PostAsync("/translate", RunningServer.Json(body));

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(message, problem.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_texts_of_two_languages_could_be_meant_and_no_model_detects_them_the_source_must_be_named()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        models.Add("tiny-fr-de", "fr", "de");
        await using var server = await new RunningServer(models.Path, ("Doors:LibreTranslate", "true")).SettledAsync();

        var response = await server.Client.PostAsync("/translate", RunningServer.Json("""{ "q": "a", "source": "auto", "target": "de" }"""));

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains("source is 'auto', but must be en or fr", problem.GetProperty("error").GetString(), StringComparison.Ordinal);
        await RunningServer.ProblemAsync(
            await server.Client.PostAsync("/detect", RunningServer.Json("""{ "q": "a" }""")), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_page_learns_the_languages_and_that_no_key_is_needed()
    {
        using var languages = JsonDocument.Parse(await doors.Server.Client.GetStringAsync(new Uri("/languages", UriKind.Relative)));
        var settings = await RunningServer.OkAsync(await doors.Server.Client.GetAsync("/frontend/settings"));

        Assert.Equal(["de", "en"], languages.RootElement.EnumerateArray().Select(one => one.GetProperty("code").GetString()));
        Assert.Equal("en", languages.RootElement[0].GetProperty("targets")[0].GetString());
        Assert.False(settings.GetProperty("keyRequired").GetBoolean());
        Assert.Equal(10_000, settings.GetProperty("charLimit").GetInt32());
    }
}
