using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Server.Catalog;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server.Doors;

/// <summary>@huggingface/inference, unmodified: translation and image to text.</summary>
[Collection(nameof(OpenDoors))]
public sealed class HuggingFaceDoorTests(OpenDoors doors)
{
    private const string Failed = "InferenceClientProviderApiError";

    private static readonly byte[] Image = TinyCaptionBundle.Image(1);

    [Fact]
    public async Task The_library_translates_and_captions()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text, "A cab.");
        string caption = await doors.CaptionAsync(Image), greedy = await doors.CaptionAsync(Image, "beamSize=1");
        string image = Convert.ToBase64String(Image);

        var found = NodeClients.Ask(
            "huggingface",
            doors.Server,
            ["translation", "tiny-en-de", OpenDoors.Text],
            ["translation", "tiny-en-de", new[] { OpenDoors.Text, "A cab." }, new { src_lang = "en" }],
            ["imageToText", "tiny-photos", image, "image/png"],
            ["imageToText", "tiny-photos?beamSize=1", image]);

        Assert.Equal(german[0], NodeClients.Value(found[0]).GetProperty("translation_text").GetString());
        Assert.Equal(german, NodeClients.Value(found[1]).EnumerateArray().Select(one => one.GetProperty("translation_text").GetString()));
        Assert.Equal(caption, NodeClients.Value(found[2]).GetProperty("generated_text").GetString());
        Assert.Equal(greedy, NodeClients.Value(found[3]).GetProperty("generated_text").GetString());
    }

    [Fact]
    public async Task The_library_shows_bad_input_missing_models_and_overload()
    {
        var found = NodeClients.Ask(
            "huggingface",
            doors.Server,
            ["translation", "nobody", OpenDoors.Text],
            ["translation", "tiny-en-de", ""],
            ["translation", "tiny-photos", OpenDoors.Text],
            ["imageToText", "tiny-photos", Convert.ToBase64String([1, 2, 3]), "image/png"],
            ["imageToText", "nobody", Convert.ToBase64String(Image), "image/png"]);
        await using var busy = await BusyServer.StartAsync();
        var overload = NodeClients.Ask("huggingface", busy.Server, ["translation", "tiny-en-de", OpenDoors.Text]);

        NodeClients.AssertFailed(found[0], Failed, "There is no model 'nobody'");
        NodeClients.AssertFailed(found[1], Failed, "inputs is empty");
        NodeClients.AssertFailed(found[2], Failed, "does not translate");
        NodeClients.AssertFailed(found[3], Failed, "image");
        NodeClients.AssertFailed(found[4], Failed, "There is no model 'nobody'");
        NodeClients.AssertFailed(overload[0], Failed, "sentences are waiting");
    }

    [Theory]
    [InlineData("@huggingface/inference/4.13.30 Node.js/20", JsonValueKind.Object)]
    [InlineData("@huggingface/inference/4.13.15", JsonValueKind.Object)]
    [InlineData("@huggingface/inference/4.13.13", JsonValueKind.Array)]
    [InlineData("hf_hub/1.0.0; python/3.12", JsonValueKind.Array)]
    public async Task The_form_of_a_caption_is_the_one_that_the_version_reads(string client, JsonValueKind form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/models/tiny-photos") { Content = new ByteArrayContent(Image) };
        request.Headers.TryAddWithoutValidation("User-Agent", client);

        var answer = await RunningServer.OkAsync(await doors.Server.Client.SendAsync(request));

        Assert.Equal(form, answer.ValueKind);
    }

    [Fact]
    public async Task A_request_waits_for_a_model_that_loads_and_is_never_answered_with_503()
    {
        // Without its loader the catalog stays as it is.
        await using var server = new RunningServer(
            "no-such-folder",
            services => services.Remove(services.Single(s => s.ImplementationType == typeof(ModelLoader))),
            ("Doors:HuggingFace", "true"));
        var catalog = server.Services.GetRequiredService<ModelCatalog>();
        await catalog.Set(new CatalogEntry("slow"));
        var waiting = server.Client.PostAsync("/models/slow", RunningServer.Json("""{ "inputs": "a" }"""));
        using var impatient = new HttpRequestMessage(HttpMethod.Post, "/models/slow") { Content = RunningServer.Json("""{ "inputs": "a" }""") };
        impatient.Headers.Add("Request-Timeout", "50");

        await RunningServer.ProblemAsync(await server.Client.SendAsync(impatient), HttpStatusCode.GatewayTimeout);
        Assert.False(waiting.IsCompleted);
        await catalog.Set(new CatalogEntry("slow") { State = ModelState.Failed, Reason = "It is broken." });
        catalog.Settle();

        var response = await waiting;
        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.TooManyRequests);
        Assert.Contains("It is broken.", problem.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.NotNull(response.Headers.RetryAfter);
    }
}
