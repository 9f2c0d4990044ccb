using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Server.Catalog;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

public class CaptionTests(BothTasks both) : IClassFixture<BothTasks>
{
    private readonly RunningServer server = both.Server;

    [Theory]
    [InlineData("image/png"), InlineData("image/jpeg"), InlineData("IMAGE/PNG; charset=binary")]
    public async Task An_image_gets_a_caption_with_its_score_whatever_type_of_image_it_says_it_is(string type)
    {
        var answer = await RunningServer.OkAsync(await server.CaptionAsync(TinyCaptionBundle.Image(1), type: type));

        Assert.Equal(["model", "version", "captions"], answer.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("tiny-photos", "1"), (answer.GetProperty("model").GetString(), answer.GetProperty("version").GetString()));
        var caption = Assert.Single(answer.GetProperty("captions").EnumerateArray());
        Assert.Equal(["text", "score", "confidence", "truncated"], caption.EnumerateObject().Select(p => p.Name));
        Assert.InRange(caption.GetProperty("score").GetDouble(), double.MinValue, 0);
        Assert.InRange(caption.GetProperty("confidence").GetDouble(), double.Epsilon, 1);
    }

    [Fact]
    public async Task Everything_that_can_be_included_comes_and_agrees_with_each_other()
    {
        var response = await server.CaptionAsync(TinyCaptionBundle.Image(2), "beamSize=8&alternatives=3&include=tokens,attention&include=timing");

        var answer = await RunningServer.OkAsync(response);
        var caption = answer.GetProperty("captions")[0];
        var tokens = caption.GetProperty("tokens").EnumerateArray().ToList();
        var confidence = Math.Exp(tokens.Average(t => t.GetProperty("logProb").GetDouble()));
        Assert.Equal(confidence, caption.GetProperty("confidence").GetDouble(), tolerance: 1e-4);
        Assert.InRange(caption.GetProperty("alternatives").GetArrayLength(), 1, 3);

        var attention = caption.GetProperty("attention");
        Assert.Equal([3, 3], attention.GetProperty("grid").EnumerateArray().Select(n => n.GetInt32()));
        Assert.Equal(
            tokens.Select(t => t.GetProperty("text").GetString()), attention.GetProperty("target").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(tokens.Count, attention.GetProperty("weights").GetArrayLength());
        Assert.All(attention.GetProperty("weights").EnumerateArray(), row =>
        {
            Assert.Equal(TinyCaptionBundle.Cells, row.GetArrayLength());
            Assert.Equal(1, row.EnumerateArray().Sum(w => w.GetDouble()), tolerance: 1e-4);
        });

        var timing = answer.GetProperty("timing");
        Assert.Equal(["imageMs", "queueMs", "encodeMs", "decodeMs", "totalMs"], timing.EnumerateObject().Select(p => p.Name));
        Assert.True(timing.GetProperty("totalMs").GetDouble() >= timing.GetProperty("decodeMs").GetDouble());
    }

    [Fact]
    public async Task Options_of_a_form_mean_the_same_as_those_of_an_address()
    {
        var image = TinyCaptionBundle.Image(3);

        var address = await RunningServer.OkAsync(await server.CaptionAsync(image, "beamSize=4&alternatives=2&lengthPenalty=0.5&maxLength=7"));
        var form = await RunningServer.OkAsync(await server.CaptionFormAsync(
            [image], ("beamSize", "4"), ("alternatives", "2"), ("lengthPenalty", "0.5"), ("maxLength", "7")));

        Assert.Equal(address.GetRawText(), form.GetRawText());
        Assert.True(address.GetProperty("captions")[0].TryGetProperty("alternatives", out _));
    }

    [Theory]
    [InlineData("sampling.seed=1&sampling.topK=1")]
    [InlineData("sampling.seed=1&sampling.topP=0.0001")]
    [InlineData("sampling.seed=1&sampling.temperature=0.01")]
    public async Task Sampling_that_leaves_one_token_to_draw_gives_the_greedy_caption(string sampling)
    {
        Assert.Equal(await AnswersAsync("beamSize=1"), await AnswersAsync(sampling));
        Assert.NotEqual(await AnswersAsync("beamSize=1"), await AnswersAsync("sampling.seed=1"));
    }

    [Theory]
    [InlineData("lengthPenalty=0", "lengthPenalty=2")]
    [InlineData("maxLength=1", "maxLength=20")]
    [InlineData("beamSize=1", "beamSize=8")]
    public async Task Every_option_of_the_search_changes_what_is_found(string options, string others) =>
        Assert.NotEqual(await AnswersAsync(options), await AnswersAsync(others));

    /// <summary>Captions of eight images, with their scores.</summary>
    private async Task<string[]> AnswersAsync(string query)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
            await RunningServer.OkAsync(await server.CaptionAsync(TinyCaptionBundle.Image(200 + i), query))));
        return [.. answers.Select(answer => answer.GetProperty("captions")[0])
            .Select(caption => $"{caption.GetProperty("text").GetString()} {caption.GetProperty("score").GetDouble():F4}")];
    }

    [Fact]
    public async Task Twenty_images_at_once_are_answered_in_their_order_and_as_if_each_came_alone()
    {
        byte[][] images = [.. Enumerable.Range(10, 20).Select(i => TinyCaptionBundle.Image(i))];

        var together = await RunningServer.CaptionsAsync(await server.CaptionFormAsync(images));

        Assert.True(together.Distinct().Count() > 3, "The captions hardly depend on the images.");
        for (var i = 0; i < images.Length; i++)
            Assert.Equal(Assert.Single(await RunningServer.CaptionsAsync(await server.CaptionAsync(images[i]))), together[i]);
    }

    [Fact]
    public async Task Two_hundred_images_get_the_same_captions_alone_and_in_batches()
    {
        // Without the cache, which would make this test compare answers with themselves.
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        await using var forgetful = await new RunningServer(models.Path, ("Limits:ImageCacheBytes", "0")).SettledAsync();
        byte[][] images = [.. Enumerable.Range(100, 200).Select(i => TinyCaptionBundle.Image(i, 30 + (i % 9), 30 + (i % 7)))];
        var alone = new List<string>();
        foreach (var image in images)
            alone.Add(await CaptionAsync([image]));

        var batches = await Task.WhenAll(images.Chunk(25).Select(batch => CaptionAsync(batch)));

        Assert.Equal(string.Join("", alone), string.Join("", batches));
        Assert.True(alone.Distinct().Count() > 50, "The captions hardly depend on the images.");

        async Task<string> CaptionAsync(byte[][] batch)
        {
            var answer = await RunningServer.OkAsync(await forgetful.CaptionFormAsync(batch, ("include", "tokens")));
            return string.Concat(answer.GetProperty("captions").EnumerateArray().Select(caption => caption.GetRawText()));
        }
    }

    [Fact]
    public async Task Captions_and_translations_are_served_side_by_side()
    {
        var captions = Enumerable.Range(30, 40).Select(i => server.CaptionAsync(TinyCaptionBundle.Image(i))).ToList();
        var translations = Enumerable.Range(0, 40).Select(i => server.TranslateAsync($$"""{ "text": "a bad cab {{i}}" }""")).ToList();

        foreach (var response in await Task.WhenAll(captions))
            Assert.Equal("tiny-photos", (await RunningServer.OkAsync(response)).GetProperty("model").GetString());
        foreach (var response in await Task.WhenAll(translations))
            Assert.Equal("tiny-en-de", (await RunningServer.OkAsync(response)).GetProperty("model").GetString());
    }

    [Fact]
    public async Task A_repeated_image_is_found_in_the_cache()
    {
        var captioner = (Captioner)server.Services.GetRequiredService<ModelCatalog>().Entries.Single(e => e.Name == "tiny-photos").Handle!.Model;
        var image = TinyCaptionBundle.Image(-5);
        var before = captioner.Cache;

        var first = await RunningServer.CaptionsAsync(await server.CaptionAsync(image));
        var second = await RunningServer.CaptionsAsync(await server.CaptionAsync(image, "beamSize=3"));

        Assert.Equal(first, second);
        Assert.Equal((before.Hits + 1, before.Misses + 1), (captioner.Cache.Hits, captioner.Cache.Misses));
    }

    [Fact]
    public async Task Repeated_images_are_counted_for_whoever_watches_the_server()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        await using var watched = await new RunningServer(models.Path).SettledAsync();
        var measured = new Dictionary<string, (long Value, object? Model)>();
        using var listener = new MeterListener();
        var scope = watched.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == scope && instrument.Name.StartsWith("rnnserve.image_cache.", StringComparison.Ordinal))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured[instrument.Name] = (value, tags[0].Value));
        listener.Start();

        for (var i = 0; i < 3; i++)
            await RunningServer.OkAsync(await watched.CaptionAsync(TinyCaptionBundle.Image(1)));
        listener.RecordObservableInstruments();

        Assert.Equal((2L, "tiny-photos"), measured["rnnserve.image_cache.hits"]);
        Assert.Equal((1L, "tiny-photos"), measured["rnnserve.image_cache.misses"]);
        Assert.InRange(measured["rnnserve.image_cache.size"].Value, 500, 5000);
    }

    [Fact]
    public async Task The_list_of_models_shows_a_caption_model_as_its_manifest_says()
    {
        var model = await RunningServer.OkAsync(await server.Client.GetAsync("/v1/models/tiny-photos"));

        Assert.Equal(("ready", "caption"), (model.GetProperty("state").GetString(), model.GetProperty("task").GetString()));
        Assert.Equal(["target"], model.GetProperty("languages").EnumerateObject().Select(p => p.Name));
        Assert.Contains("canary.png", model.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("path").GetString()));
        var decoding = model.GetProperty("decoding");
        Assert.False(decoding.TryGetProperty("coveragePenalty", out _));
        Assert.False(decoding.GetProperty("limits").TryGetProperty("sourceLength", out _));
    }

    [Theory]
    [InlineData("model=tiny-photos"), InlineData("language=en"), InlineData("language=EN-gb"), InlineData("model=tiny-photos&language=en")]
    public async Task A_model_is_picked_by_name_or_language(string query)
    {
        var answer = await RunningServer.OkAsync(await server.CaptionAsync(TinyCaptionBundle.Image(1), query));

        Assert.Equal("tiny-photos", answer.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("model=nobody", "model", HttpStatusCode.NotFound, "tiny-photos")]
    [InlineData("language=fr", "language", HttpStatusCode.NotFound, "image → 'fr'")]
    [InlineData("model=tiny-en-de", "model", HttpStatusCode.BadRequest, "does not caption images; its task is 'translate'")]
    [InlineData("model=tiny-photos&language=de", "model", HttpStatusCode.BadRequest, "image → en")]
    public async Task A_model_that_there_is_not_is_refused(string query, string field, HttpStatusCode status, string named)
    {
        var problem = await RunningServer.ProblemAsync(await server.CaptionAsync(TinyCaptionBundle.Image(1), query), status);

        Assert.Contains(named, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caption_model_does_not_translate()
    {
        var response = await server.TranslateAsync("""{ "text": "a", "model": "tiny-photos" }""");

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains("does not translate; its task is 'caption'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_choice_between_two_caption_models_is_left_to_the_caller_and_their_languages_tell_them_apart()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("photos-de", "de");
        models.AddCaptioner("photos-en", "en");
        await using var several = await new RunningServer(models.Path).SettledAsync();
        var image = TinyCaptionBundle.Image(1);

        var problem = await RunningServer.ProblemAsync(await several.CaptionAsync(image), HttpStatusCode.BadRequest);
        var german = await RunningServer.OkAsync(await several.CaptionAsync(image, "language=de"));

        var message = problem.GetProperty("errors").GetProperty("model")[0].GetString();
        string[] named = ["'photos-de' (image → de)", "'photos-en' (image → en)", "'language'"];
        Assert.All(named, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Equal("photos-de", german.GetProperty("model").GetString());
    }

    [Fact]
    public async Task A_server_without_a_caption_model_says_so()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        await using var texts = await new RunningServer(models.Path).SettledAsync();

        var problem = await RunningServer.ProblemAsync(await texts.CaptionAsync(TinyCaptionBundle.Image(1)), HttpStatusCode.NotFound);

        Assert.Contains("can caption images; there is 'tiny-en-de'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_caption_model_does_not_stop_the_translator_and_readiness_names_it()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        var broken = models.AddCaptioner("tiny-photos");
        broken.ChangeManifest(m => m["canary"]!["expected"] = "a dog");
        await using var half = await new RunningServer(models.Path).SettledAsync();

        var ready = await RunningServer.ProblemAsync(await half.Client.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable);
        await RunningServer.ProblemAsync(await half.CaptionAsync(TinyCaptionBundle.Image(1)), HttpStatusCode.ServiceUnavailable);
        await RunningServer.OkAsync(await half.TranslateAsync("""{ "text": "a" }"""));

        Assert.Contains("canary", ready.GetProperty("errors").GetProperty("tiny-photos")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_image_library_texts_are_translated_and_readiness_says_what_is_missing()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        models.AddCaptioner("tiny-photos");
        var program = Directory.CreateTempSubdirectory("rnnserve-blind-");
        try
        {
            CopyWithoutImageLibrary(program.FullName);
            using var blind = new ServerProcess(program, "--Models:Folder", models.Path);
            using var client = new HttpClient { BaseAddress = await blind.ListeningAsync() };

            JsonElement unready;
            do
                unready = await RunningServer.ProblemAsync(await client.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable);
            while (unready.GetProperty("detail").GetString()!.StartsWith("Loading", StringComparison.Ordinal));
            await RunningServer.OkAsync(await client.PostAsync("/v1/translate", RunningServer.Json("""{ "text": "a" }""")));

            var reason = unready.GetProperty("errors").GetProperty("tiny-photos")[0].GetString();
            Assert.Contains("libvips: found no library that loads", reason, StringComparison.Ordinal);
            Assert.DoesNotContain(program.Name, reason, StringComparison.Ordinal);
        }
        finally
        {
            program.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_model_without_attention_captions_and_refuses_to_show_where_it_looked()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("blind", attention: false);
        await using var plain = await new RunningServer(models.Path).SettledAsync();
        var image = TinyCaptionBundle.Image(1);

        await RunningServer.OkAsync(await plain.CaptionAsync(image));
        var problem = await RunningServer.ProblemAsync(await plain.CaptionAsync(image, "include=attention"), HttpStatusCode.BadRequest);

        Assert.Contains("has no attention", problem.GetProperty("errors").GetProperty("include")[0].GetString(), StringComparison.Ordinal);
    }
    /// <summary>The server's program with an empty file in libvips' place.</summary>
    private static void CopyWithoutImageLibrary(string folder)
    {
        string browserDriver = Path.Combine(AppContext.BaseDirectory, ".playwright");
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories))
        {
            if (file.StartsWith(browserDriver, StringComparison.Ordinal))
                continue;
            string copy = Path.Combine(folder, Path.GetRelativePath(AppContext.BaseDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (Path.GetFileName(file).StartsWith("libvips", StringComparison.Ordinal))
                File.WriteAllBytes(copy, []);
            else
                File.Copy(file, copy);
        }
    }
}
