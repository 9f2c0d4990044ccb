using System.Net;
using System.Text.Json;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

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
            ["format"] = "",
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
    [InlineData(1), InlineData(2)]
    public async Task An_array_whose_language_is_detected_gets_one_for_each_text(int texts)
    {
        string body = JsonSerializer.Serialize(new { q = Enumerable.Repeat(OpenDoors.Text, texts), source = "auto", target = "de" });

        var answer = await RunningServer.OkAsync(await doors.Server.Client.PostAsync("/translate", RunningServer.Json(body)));

        var detected = answer.GetProperty("detectedLanguage").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Repeat("en", texts), detected.Select(one => one.GetProperty("language").GetString()));
        Assert.All(detected, one => Assert.InRange(one.GetProperty("confidence").GetDouble(), 0, 100));
    }

    [Theory]
    [InlineData("\"\""), InlineData("\"text\""), InlineData("null")]
    public async Task A_format_that_is_empty_is_text(string format)
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text);
        string body = $$"""{ "q": "{{OpenDoors.Text}}", "source": "en", "target": "de", "format": {{format}} }""";

        var answer = await RunningServer.OkAsync(await doors.Server.Client.PostAsync("/translate", RunningServer.Json(body)));

        Assert.Equal(german[0], answer.GetProperty("translatedText").GetString());
    }

    [Theory]
    [InlineData(2, 2, 5, 2), InlineData(1, 8, 2, 3), InlineData(4, 8, 1, 4)]
    public async Task The_beam_is_as_wide_as_alternatives_need_and_the_model_allows(int usual, int widest, int alternatives, int beam)
    {
        using var models = new ModelFolder();
        var decoding = new DecodingManifest { BeamSize = usual, Limits = new DecodingLimits { BeamSize = widest } };
        TinyBundle.Create(models.Path, "tiny-en-de", new TinyBundleOptions { Decoding = decoding });
        await using var server = await new RunningServer(models.Path, ("Doors:LibreTranslate", "true")).SettledAsync();
        string wanted = JsonSerializer.Serialize(
            new { text = OpenDoors.Text, beamSize = beam, alternatives = Math.Min(alternatives, beam - 1) });
        var best = (await RunningServer.OkAsync(await server.TranslateAsync(wanted))).GetProperty("translations")[0];

        string body = JsonSerializer.Serialize(new { q = OpenDoors.Text, source = "en", target = "de", alternatives });
        var answer = await RunningServer.OkAsync(await server.Client.PostAsync("/translate", RunningServer.Json(body)));

        Assert.Equal(best.GetProperty("text").GetString(), answer.GetProperty("translatedText").GetString());
        Assert.Equal(
            best.GetProperty("alternatives").EnumerateArray().Select(one => one.GetProperty("text").GetString()),
            answer.GetProperty("alternatives").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public async Task Libretranslate_may_have_an_address_that_ends_with_a_slash()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text);

        var libre = NodeClients.Ask("libretranslate", doors.Server, ["translateAtSlash", OpenDoors.Text, "en", "de"]);

        Assert.Equal(german[0], NodeClients.Value(libre[0]).GetString());
    }

    [Fact]
    public async Task Several_slashes_in_front_of_a_path_of_the_door_are_one()
    {
        var (client, url) = (doors.Server.Client, doors.Server.Url);
        string body = $$"""{ "q": "{{OpenDoors.Text}}", "source": "en", "target": "de" }""";

        using var languages = JsonDocument.Parse(await client.GetStringAsync($"{url}/languages"));
        var answer = await RunningServer.OkAsync(await client.PostAsync($"{url}/translate", RunningServer.Json(body)));
        var refused = await client.PostAsync($"{url}//translate", RunningServer.Json("{}"));
        var other = await client.GetAsync($"{url}/v1/models");

        Assert.Equal(2, languages.RootElement.GetArrayLength());
        Assert.NotEqual("", answer.GetProperty("translatedText").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Contains("q is missing", problem.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
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
