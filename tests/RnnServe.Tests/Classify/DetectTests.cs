using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Inference.Scheduling;
using RnnServe.Tests.Server;
using RnnServe.Training.Kinds.Classify;

namespace RnnServe.Tests.Classify;

/// <summary>The shipped model that knows languages, alone and beside translators whose requests leave the source open.</summary>
public sealed class DetectTests(DetectTests.Models shipped) : IClassFixture<DetectTests.Models>
{
    private static string Bundle => TestData.InRepository("models", "languages", "1");

    [Theory]
    [InlineData(1, 0.85, "multi30k", "test_2016_flickr.{cs|de|en|fr}.gz")]
    [InlineData(3, 0.95, "multi30k", "test_2016_flickr.{cs|de|en|fr}.gz")]
    [InlineData(10, 0.99, "multi30k", "test_2016_flickr.{cs|de|en|fr}.gz")]
    [InlineData(3, 0.95, "covost", "dev.{de|en}.gz")]
    [InlineData(10, 0.99, "tatoeba", "test.{de|en}.gz")]
    public async Task So_many_words_are_enough(int words, double least, string set, string file)
    {
        var texts = LabelledCorpus.Read(Path.Combine(TestData.InShared("data", set), file), phrases: false, new(words, words));
        await using var classifier = await Classifier.LoadAsync(Bundle, new BatchingOptions());

        var found = await classifier.ClassifyAsync([.. texts.Select(text => text.Text)], attention: false, default);

        Assert.InRange(texts.Count, 450, 5000);
        Assert.True(found.Zip(texts).Count(pair => pair.First.Label == pair.Second.Value) >= least * texts.Count);
    }

    [Fact]
    public async Task Each_text_gets_its_language_and_all_that_the_model_knows()
    {
        string[] texts = ["Wo ist der Bahnhof?", "I have no idea.", "Un homme joue de la guitare.", "Žena v červených šatech tancuje."];

        var answer = await PostAsync("/v1/detect", new { text = texts });

        var detections = answer.GetProperty("detections").EnumerateArray().ToList();
        Assert.Equal(["de", "en", "fr", "cs"], detections.Select(d => d.GetProperty("language").GetString()));
        Assert.Equal("languages", answer.GetProperty("model").GetString());
        Assert.All(detections, detection =>
        {
            var all = detection.GetProperty("languages").EnumerateArray().Select(l => l.GetProperty("confidence").GetDouble()).ToList();
            Assert.Equal(4, all.Count);
            Assert.Equal(1, all.Sum(), 1e-4);
            Assert.Equal(all.OrderDescending(), all);
            Assert.Equal(detection.GetProperty("confidence").GetDouble(), all[0]);
        });
    }

    [Theory]
    [InlineData("""{ "text": "Wo ist der Bahnhof?" }""", "tiny-de-en", "de")]
    [InlineData("""{ "text": "Where is the station?" }""", "tiny-en-de", "en")]
    [InlineData("""{ "text": "Where is the station?", "source": "auto" }""", "tiny-en-de", "en")]
    [InlineData("""{ "text": ["42", "?!", "Ja", "Das ist gut."], "source": "AUTO" }""", "tiny-de-en", "de")]
    [InlineData("""{ "text": "Where is the station?", "source": "auto", "target": "en" }""", "tiny-de-en", "de")]
    [InlineData("""{ "text": "Where is the station?", "target": "en" }""", "tiny-de-en", null)]
    [InlineData("""{ "text": "Where is the station?", "source": "de" }""", "tiny-de-en", null)]
    [InlineData("""{ "text": "Where is the station?", "model": "tiny-de-en", "source": "auto" }""", "tiny-de-en", null)]
    public async Task A_source_that_is_left_open_is_detected_among_the_languages_that_come_into_question(string body, string model, string? language)
    {
        var answer = await RunningServer.OkAsync(await shipped.Server.TranslateAsync(body));

        Assert.Equal(model, answer.GetProperty("model").GetString());
        Assert.Equal(language is not null, answer.TryGetProperty("detectedSource", out var detected));
        if (language is null)
            return;
        Assert.Equal(language, detected.GetProperty("language").GetString());
        Assert.InRange(detected.GetProperty("confidence").GetDouble(), 0.5, 1);
    }

    [Fact]
    public async Task Clients_of_other_services_may_leave_the_source_open_too()
    {
        using var form = new FormUrlEncodedContent([new("q", "Wo ist der Bahnhof?")]);

        var detected = await RunningServer.OkAsync(await shipped.Server.Client.PostAsync("/detect", form));
        var libre = await PostAsync("/translate", new { q = "Wo ist der Bahnhof?", source = "auto", target = "en" });
        var deepL = await PostAsync("/v2/translate", new { text = new[] { "Where is the station?" }, target_lang = "DE" });

        Assert.Equal(["de", "en"], detected.EnumerateArray().Select(one => one.GetProperty("language").GetString()));
        Assert.InRange(detected[0].GetProperty("confidence").GetDouble(), 90, 100);
        Assert.Equal("de", libre.GetProperty("detectedLanguage").GetProperty("language").GetString());
        Assert.InRange(libre.GetProperty("detectedLanguage").GetProperty("confidence").GetDouble(), 90, 100);
        Assert.Equal("EN", deepL.GetProperty("translations")[0].GetProperty("detected_source_language").GetString());
    }

    [Fact]
    public async Task Without_such_a_model_the_caller_is_told_the_languages()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        models.Add("tiny-de-en", "de", "en");
        await using var server = await new RunningServer(models.Path).SettledAsync();

        var problem = await RunningServer.ProblemAsync(
            await server.TranslateAsync("""{ "text": "a", "source": "auto" }"""), HttpStatusCode.BadRequest);
        var absent = await server.Client.PostAsJsonAsync("/v1/detect", new { text = "a" });

        var message = problem.GetProperty("errors").GetProperty("source")[0].GetString();
        Assert.Equal("source is 'auto', but must be de or en: no model of this server tells them apart.", message);
        await RunningServer.ProblemAsync(absent, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_source_that_the_model_does_not_know_is_not_taken_for_another()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        models.Add("tiny-ja-de", "ja", "de");
        Models.AddShipped(models);
        await using var server = await new RunningServer(models.Path).SettledAsync();

        var problem = await RunningServer.ProblemAsync(
            await server.TranslateAsync("""{ "text": "a", "source": "auto" }"""), HttpStatusCode.BadRequest);

        Assert.Contains("en or ja", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_models_that_detect_languages_one_must_have_the_greater_priority()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        Models.AddShipped(models);
        Models.AddShipped(models, "languages-2");
        await using var server = await new RunningServer(models.Path).SettledAsync();

        var problem = await RunningServer.ProblemAsync(
            await server.TranslateAsync("""{ "text": "a", "source": "auto" }"""), HttpStatusCode.BadRequest);

        Assert.Equal(
            "Several models fit: 'languages' (mul → label), 'languages-2' (mul → label); give 'source', or one of these models a greater 'priority' in its model.json.",
            problem.GetProperty("errors").GetProperty("source")[0].GetString());
    }

    [Theory]
    [InlineData("""{ "text": "" }""", "empty"), InlineData("""{ "text": "a", "language": "en" }""", "'language'")]
    [InlineData("""{ "text": "a", "model": "tiny-en-de" }""", "does not classify texts")]
    public async Task What_cannot_be_detected_is_refused(string body, string named)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await RunningServer.ProblemAsync(await shipped.Server.Client.PostAsync("/v1/detect", content), HttpStatusCode.BadRequest);

        Assert.Contains(named, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> PostAsync(string route, object body) =>
        await RunningServer.OkAsync(await shipped.Server.Client.PostAsJsonAsync(route, body));

    /// <summary>The shipped model that knows languages, beside two tiny translators.</summary>
    public sealed class Models : IAsyncLifetime
    {
        private readonly ModelFolder models = new();

        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            models.Add("tiny-en-de", "en", "de");
            models.Add("tiny-de-en", "de", "en");
            AddShipped(models);
            Server = await new RunningServer(models.Path, ("Doors:LibreTranslate", "true"), ("Doors:DeepL", "true")).SettledAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            models.Dispose();
        }

        internal static void AddShipped(ModelFolder models, string name = "languages")
        {
            string copy = Directory.CreateDirectory(Path.Combine(models.Path, name, "1")).FullName;
            foreach (string file in Directory.GetFiles(Bundle))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            new BundleFolder(copy).ChangeManifest(manifest => manifest["name"] = name);
        }
    }
}
