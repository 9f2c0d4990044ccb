using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Client;
using RnnServe.Server.Catalog;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server;

namespace RnnServe.Tests.Client;

/// <summary>What the server refuses is an exception with its status, and its words by field.</summary>
public sealed class ClientRefusalTests(ClientServer running) : IClassFixture<ClientServer>
{
    private static readonly byte[] Image = TinyCaptionBundle.Image(1);

    private readonly RnnServeClient client = running.Client;

    public static TheoryData<string> BadFiles => [.. BadImages.All.Keys];

    private static readonly Dictionary<string, (TranslateRequest Request, int Status, string Field, string Named)> Translations = new()
    {
        ["no text"] = (new(), 400, "text", "1 to 256"),
        ["empty text"] = (new(""), 400, "text", "empty"),
        ["blank text among others"] = (new("a", " \t"), 400, "text", "text[1]"),
        ["257 texts"] = (new([.. Enumerable.Repeat("a", 257)]), 400, "text", "257 texts"),
        ["long text"] = (new(new string('a', 10_001)), 413, "text", "10001"),
        ["beam of 0"] = (new("a") { BeamSize = 0 }, 400, "beamSize", "1 to 16"),
        ["beam of 17"] = (new("a") { BeamSize = 17 }, 400, "beamSize", "1 to 16"),
        ["16 alternatives"] = (new("a") { Alternatives = 16 }, 400, "alternatives", "0 to 15"),
        ["as many alternatives as hypotheses"] = (new("a") { BeamSize = 3, Alternatives = 3 }, 400, "alternatives", "0 to 2"),
        ["length penalty"] = (new("a") { LengthPenalty = 2.1 }, 400, "lengthPenalty", "0 to 2"),
        ["coverage penalty"] = (new("a") { CoveragePenalty = -1 }, 400, "coveragePenalty", "0 to 2"),
        ["no length"] = (new("a") { MaxLength = 0 }, 400, "maxLength", "1 to 512"),
        ["what cannot be included"] = (new("a") { Include = ["poems"] }, 400, "include", "'poems'"),
        ["empty name"] = (new("a") { Model = "" }, 400, "model", "1 to 200"),
        ["unknown model"] = (new("a") { Model = "grün & blau" }, 404, "model", "'grün & blau'; there is tiny-en-de"),
        ["unknown language"] = (new("a") { Source = "fr" }, 404, "source", "No model is for 'fr'"),
        ["model of another kind"] = (new("a") { Model = "tiny-photos" }, 400, "model", "its task is 'caption'"),
    };

    public static TheoryData<string> BadTranslations => [.. Translations.Keys];

    [Theory, MemberData(nameof(BadTranslations))]
    public async Task A_wrong_field_of_a_translation_is_named(string name)
    {
        var (request, status, field, named) = Translations[name];

        var refused = await RefusedAsync(() => client.TranslateAsync(request), status, field, named);

        Assert.Equal(Assert.Single(refused.Errors[field]), refused.Detail);
        Assert.Contains(refused.Detail, refused.Message, StringComparison.Ordinal);
        Assert.Null(refused.RetryAfter);
    }

    [Fact]
    public async Task Every_wrong_field_is_named_at_once()
    {
        var request = new TranslateRequest("") { BeamSize = 99, MaxLength = 0 };

        var refused = await Assert.ThrowsAsync<RnnServeException>(() => client.TranslateAsync(request));

        Assert.Equal(["beamSize", "maxLength", "text"], refused.Errors.Keys.Order(StringComparer.Ordinal));
    }

    private static readonly Dictionary<string, (CaptionOptions Options, int Status, string Field, string Named)> Captions = new()
    {
        ["beam of 17"] = (new() { BeamSize = 17 }, 400, "beamSize", "1 to 16"),
        ["beam of a drawn caption"] = (new() { BeamSize = 2, Sampling = new() }, 400, "beamSize", "absent"),
        ["length penalty"] = (new() { LengthPenalty = 2.5 }, 400, "lengthPenalty", "2.5"),
        ["what cannot be included"] = (new() { Include = ["tokens", "a&b=c,d"] }, 400, "include", "'a&b=c'"),
        ["unknown language"] = (new() { Language = "fr" }, 404, "language", "image → 'fr'"),
        ["unknown model"] = (new() { Model = "grün & blau" }, 404, "model", "'grün & blau'"),
        ["model of another kind"] = (new() { Model = "tiny-en-de" }, 400, "model", "its task is 'translate'"),
    };

    public static TheoryData<string> BadCaptions => [.. Captions.Keys];

    [Theory, MemberData(nameof(BadCaptions))]
    public async Task A_wrong_option_of_a_caption_is_named(string name)
    {
        var (options, status, field, named) = Captions[name];

        await RefusedAsync(() => client.CaptionAsync(Image, options), status, field, named);
        await RefusedAsync(() => client.CaptionAsync([Image, Image], options), status, field, named);
    }

    [Theory, MemberData(nameof(BadFiles))]
    public async Task What_is_no_image_is_refused_with_its_reason(string name)
    {
        var (file, status, reason) = BadImages.All[name];

        await RefusedAsync(() => client.CaptionAsync(file), (int)status, "image", reason);
        await RefusedAsync(() => client.CaptionAsync([Image, file]), (int)status, "image[1]", reason);
    }

    [Fact]
    public async Task No_image_and_more_than_are_allowed_are_refused()
    {
        await Assert.ThrowsAsync<RnnServeException>(() => client.CaptionAsync([]));
        await RefusedAsync(() => client.CaptionAsync(Enumerable.Repeat<ReadOnlyMemory<byte>>(Image, 33)), 400, "image", "1 to 32");
    }

    [Fact]
    public async Task An_image_that_is_too_large_is_refused_before_it_is_sent()
    {
        byte[] large = new byte[11_000_000];

        await RefusedAsync(() => client.CaptionAsync(large), 413, "image", "10485760");
    }

    [Fact]
    public async Task A_wrong_field_of_a_classification_is_named()
    {
        await RefusedAsync(() => client.ClassifyAsync(new(" ")), 400, "text", "empty");
        await RefusedAsync(() => client.ClassifyAsync(new("a") { Include = ["tokens"] }), 400, "include", "'tokens'");
        await RefusedAsync(() => client.ClassifyAsync(new("a") { Model = "none" }), 404, "model", "'none'");
        await RefusedAsync(() => client.ClassifyAsync(new("a") { Language = "fr" }), 404, "language", "'fr'");
    }

    [Fact]
    public async Task A_model_that_there_is_not_is_refused() =>
        await RefusedAsync(() => client.ModelAsync("a/b?c"), 404, "name", "tiny-en-de");

    [Fact]
    public async Task A_server_whose_models_load_is_not_ready_and_says_when_to_ask_again()
    {
        // Without its loader the catalog stays as it is.
        await using var server = new RunningServer(
            "no-such-folder",
            services => services.Remove(services.Single(s => s.ImplementationType == typeof(ModelLoader))),
            ("Limits:RetryAfterSeconds", "3"));
        using var of = new ClientOf(server.Url, options => options.MaxRetries = 0);
        await server.Services.GetRequiredService<ModelCatalog>().Set(new CatalogEntry("slow"));

        var refused = await Assert.ThrowsAsync<RnnServeException>(() => of.Client.TranslateAsync(new("a")));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(3)), (refused.StatusCode, refused.RetryAfter));
        Assert.Empty(refused.Errors);
        Assert.False(await of.Client.ReadyAsync());
        Assert.Equal("loading", Assert.Single(await of.Client.ModelsAsync()).State);
    }

    [Fact]
    public async Task A_refusal_that_is_not_the_servers_has_its_status()
    {
        await using var proxy = await ScriptedServer.StartAsync(http =>
        {
            http.Response.StatusCode = 502;
            http.Response.ContentType = "text/html";
            return http.Response.Body.WriteAsync("<h1>Bad gateway</h1>"u8.ToArray()).AsTask();
        });
        using var of = new ClientOf(proxy.Url);

        var refused = await Assert.ThrowsAsync<RnnServeException>(() => of.Client.ModelsAsync());

        Assert.Equal((HttpStatusCode.BadGateway, "Bad Gateway"), (refused.StatusCode, refused.Title));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_no_refusal()
    {
        Uri url;
        await using (var gone = await ScriptedServer.StartAsync(ScriptedServer.Refusal(503, "0")))
            url = gone.Url;
        using var of = new ClientOf(url);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => of.Client.TranslateAsync(new("a")));

        Assert.Equal(HttpRequestError.ConnectionError, error.HttpRequestError);
    }

    private static async Task<RnnServeException> RefusedAsync<T>(Func<Task<T>> ask, int status, string field, string named)
    {
        var refused = await Assert.ThrowsAsync<RnnServeException>(ask);
        Assert.Equal((HttpStatusCode)status, refused.StatusCode);
        Assert.Equal(field, Assert.Single(refused.Errors).Key);
        Assert.Contains(named, refused.Errors[field][0], StringComparison.Ordinal);
        return refused;
    }
}
