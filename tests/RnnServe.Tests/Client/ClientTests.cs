using System.Diagnostics;
using System.Text.Json;
using RnnServe.Client;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Client;

/// <summary>What the server answers reaches the caller of the client, whole.</summary>
public sealed class ClientTests(ClientServer running) : IClassFixture<ClientServer>
{
    private readonly RnnServeClient client = running.Client;
    private readonly RunningServer server = running.Server;

    [Fact]
    public async Task Translations_come_with_alternatives_tokens_and_attention_as_the_server_sends_them()
    {
        var sent = await RunningServer.OkAsync(await server.TranslateAsync("""
            { "text": ["abc. A cab bade.", "bad"], "source": "en", "target": "de", "beamSize": 4, "alternatives": 2, "lengthPenalty": 0.5,
              "coveragePenalty": 0.1, "maxLength": 30, "include": ["tokens", "attention"] }
            """));

        var answer = await client.TranslateAsync(new("abc. A cab bade.", "bad")
        {
            Source = "en",
            Target = "de",
            BeamSize = 4,
            Alternatives = 2,
            LengthPenalty = 0.5,
            CoveragePenalty = 0.1,
            MaxLength = 30,
            Include = ["tokens", "attention"],
        });

        SameJson.Check(sent, answer, ClientJson.Default.TranslateResponse);
        Assert.Equal(2, answer.Translations.Count);
        Assert.All(answer.Translations, t => Assert.Equal(t.Attention!.Target.Count, t.Attention.Weights.Count));
        Assert.All(answer.Translations, t => Assert.NotEmpty(t.Alternatives!));
    }

    [Fact]
    public async Task Timing_comes_where_it_is_included()
    {
        var plain = await client.TranslateAsync(new("abc") { Model = "tiny-en-de" });
        var timed = await client.TranslateAsync(new("abc") { Model = "tiny-en-de", Include = ["timing"] });

        Assert.Null(plain.Timing);
        Assert.Equal(plain.Translations, timed.Translations);
        Assert.Null(timed.Timing!.ImageMs);
        Assert.InRange(timed.Timing.TotalMs, timed.Timing.DecodeMs, 60_000);
    }

    [Fact]
    public async Task Many_texts_are_answered_in_their_order()
    {
        string[] texts = [.. Enumerable.Range(0, 256).Select(i => $"ab{i} c")];

        var answer = await client.TranslateAsync(new(texts) { Source = "en" });

        Assert.Equal(256, answer.Translations.Count);
        foreach (int i in (int[])[0, 100, 255])
            Assert.Equal(answer.Translations[i].Text, (await client.TranslateAsync(new(texts[i]) { Source = "en" })).Translations[0].Text);
    }

    [Fact]
    public async Task An_image_gets_its_caption_with_all_options()
    {
        byte[] image = TinyCaptionBundle.Image(2);
        const string Query = "language=en&beamSize=8&alternatives=3&lengthPenalty=0.25&maxLength=12&include=tokens,attention";
        var sent = await RunningServer.OkAsync(await server.CaptionAsync(image, Query));
        var options = new CaptionOptions { Language = "en", BeamSize = 8, Alternatives = 3, LengthPenalty = 0.25, MaxLength = 12 };

        var answer = await client.CaptionAsync(image, options with { Include = ["tokens", "attention"] });
        var timed = await client.CaptionAsync(image, new() { Model = "tiny-photos", Include = ["timing"] });

        SameJson.Check(sent, answer, ClientJson.Default.CaptionResponse);
        Assert.Equal([3, 3], answer.Captions[0].Attention!.Grid);
        Assert.InRange(timed.Timing!.TotalMs, timed.Timing.ImageMs!.Value, 60_000);
    }

    [Fact]
    public async Task Several_images_are_captioned_in_their_order()
    {
        byte[][] images = [.. Enumerable.Range(10, 5).Select(i => TinyCaptionBundle.Image(i))];

        var together = await client.CaptionAsync(images.Select(image => (ReadOnlyMemory<byte>)image), new() { BeamSize = 4 });

        Assert.Equal(5, together.Captions.Count);
        Assert.True(together.Captions.Distinct().Count() > 1, "The captions do not depend on the images.");
        foreach (var (i, image) in images.Index())
            Assert.Equal((await client.CaptionAsync(image, new() { BeamSize = 4 })).Captions[0], together.Captions[i]);
    }

    [Fact]
    public async Task Sampling_that_says_no_more_draws_another_caption_each_time()
    {
        byte[] image = TinyCaptionBundle.Image(2);
        var found = new HashSet<string>();
        for (int i = 0; i < 8; i++)
            found.Add((await client.CaptionAsync(image, new() { Sampling = new() })).Captions[0].Text);

        Assert.True(found.Count > 1, string.Join('\n', found));
    }

    [Fact]
    public async Task Texts_get_their_labels()
    {
        using var body = RunningServer.Json("""{ "text": ["abc", "Can a cat dance?"], "include": ["attention"] }""");
        using var response = await server.Client.PostAsync(new Uri("/v1/classify", UriKind.Relative), body);
        var sent = await RunningServer.OkAsync(response);

        var answer = await client.ClassifyAsync(new("abc", "Can a cat dance?") { Language = "en", Include = ["attention", "timing"] });

        SameJson.Check(
            sent.GetProperty("classifications"), answer.Classifications, ClientJson.Default.IReadOnlyListClassification);
        Assert.Equal(sent.GetProperty("usage").GetProperty("sourceTokens").GetInt32(), answer.Usage.SourceTokens);
        Assert.Equal("tiny-labels", answer.Model);
        Assert.InRange(answer.Timing!.TotalMs, 0, 60_000);
    }

    [Fact]
    public async Task The_models_are_listed_with_everything_that_is_known_of_them()
    {
        var sent = await RunningServer.OkAsync(await server.Client.GetAsync(new Uri("/v1/models", UriKind.Relative)));

        var models = await client.ModelsAsync();
        var one = await client.ModelAsync("tiny-en-de");

        SameJson.Check(sent, new ModelList(models), ClientJson.Default.ModelList);
        SameJson.Check(sent.GetProperty("models")[0], one, ClientJson.Default.ModelInfo);
        Assert.Equal(["tiny-en-de", "tiny-labels", "tiny-photos"], models.Select(model => model.Name));
        Assert.True(await client.ReadyAsync());
    }

    [Fact]
    public async Task Requests_under_way_end_as_soon_as_they_are_cancelled()
    {
        string text = string.Join(' ', Enumerable.Repeat("Abc cab abc bac.", 12));
        await client.TranslateAsync(new("abc") { Model = "tiny-en-de" });
        using var away = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.TranslateAsync(
            new([.. Enumerable.Repeat(text, 256)]) { BeamSize = 16, MaxLength = 512, LengthPenalty = 2 }, away.Token));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_address_may_have_a_path_with_or_without_a_slash_at_its_end()
    {
        await using var proxy = await ScriptedServer.StartAsync(
            http => ScriptedServer.Json($$"""{ "models": [{ "name": "{{http.Request.Path}}", "state": "ready" }] }""")(http));
        foreach (var (path, asked) in ((string, string)[])[("", "/v1/models"), ("rnn", "/rnn/v1/models"), ("rnn/", "/rnn/v1/models")])
        {
            using var of = new ClientOf(new Uri(proxy.Url, path));
            Assert.Equal(asked, (await of.Client.ModelsAsync())[0].Name);
        }
    }

    [Fact]
    public void Options_that_are_null_are_not_sent()
    {
        var request = new TranslateRequest("abc") { Prefix = "Ein", Sampling = new(Temperature: 0.7, TopK: 5, Seed: 3) };

        Assert.Equal(
            """{"text":["abc"],"prefix":"Ein","sampling":{"temperature":0.7,"topK":5,"seed":3}}""",
            JsonSerializer.Serialize(request, ClientJson.Default.TranslateRequest));
        Assert.Equal("""{"text":["abc"]}""", JsonSerializer.Serialize(new("abc"), ClientJson.Default.TranslateRequest));
    }
}
