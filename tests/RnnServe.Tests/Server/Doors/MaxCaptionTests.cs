using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Search;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server.Doors;

/// <summary>What clients of the MAX Image Caption Generator send: a form with a file.</summary>
[Collection(nameof(OpenDoors))]
public sealed class MaxCaptionTests(OpenDoors doors)
{
    [Fact]
    public async Task A_form_with_an_image_gets_three_captions()
    {
        byte[] image = TinyCaptionBundle.Image(2);
        string best = await doors.CaptionAsync(image, "beamSize=3");

        var answer = await RunningServer.OkAsync(await PostAsync(image));

        Assert.Equal("ok", answer.GetProperty("status").GetString());
        var predictions = answer.GetProperty("predictions").EnumerateArray().ToList();
        Assert.InRange(predictions.Count, 2, 3);
        Assert.Equal(best, predictions[0].GetProperty("caption").GetString());
        Assert.Equal(["0", "1"], predictions.Take(2).Select(one => one.GetProperty("index").GetString()));
        Assert.All(predictions, one => Assert.InRange(one.GetProperty("probability").GetDouble(), double.Epsilon, 1));
    }

    [Fact]
    public async Task A_model_with_a_narrow_beam_gives_fewer_captions()
    {
        byte[] image = TinyCaptionBundle.Image(2);
        using var models = new ModelFolder();
        var decoding = new DecodingManifest { BeamSize = 1, Limits = new DecodingLimits { BeamSize = 2 } };
        TinyCaptionBundle.Create(models.Path, "tiny-photos", new TinyBundleOptions { Target = "en", Decoding = decoding });
        await using var server = await new RunningServer(models.Path, ("Doors:MaxCaption", "true")).SettledAsync();
        string best = Assert.Single(await RunningServer.CaptionsAsync(await server.CaptionAsync(image, "beamSize=2")));

        var answer = await RunningServer.OkAsync(await PostAsync(server, image));

        var captions = answer.GetProperty("predictions").EnumerateArray().Select(one => one.GetProperty("caption").GetString()).ToList();
        Assert.InRange(captions.Count, 1, 2);
        Assert.Equal(best, captions[0]);
    }

    [Fact]
    public async Task The_model_is_named()
    {
        var answer = await RunningServer.OkAsync(await doors.Server.Client.GetAsync("/model/metadata"));

        Assert.Equal("tiny-photos", answer.GetProperty("name").GetString());
        Assert.Equal("tiny-photos-1", answer.GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_is_no_image_is_refused()
    {
        var problem = await RunningServer.ProblemAsync(await PostAsync([1, 2, 3]), HttpStatusCode.UnsupportedMediaType);

        Assert.Equal(problem.GetProperty("detail").GetString(), problem.GetProperty("error").GetString());
        await RunningServer.ProblemAsync(await PostAsync(TinyCaptionBundle.Image(1), TinyCaptionBundle.Image(2)), HttpStatusCode.BadRequest);
        await RunningServer.ProblemAsync(await PostAsync(), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Overload_is_refused()
    {
        var budget = doors.Server.Services.GetRequiredService<UploadBudget>();
        int all = new LimitsOptions().MaxUploadBytesTotal;
        budget.Take(all, "", upload: 0);
        var response = await PostAsync(TinyCaptionBundle.Image(1));
        budget.Return(all, "");

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.TooManyRequests);
        Assert.Contains("would exceed the limit", problem.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Without_a_captioning_model_nothing_is_found()
    {
        await using var busy = await BusyServer.StartAsync();

        await RunningServer.ProblemAsync(await busy.Server.Client.GetAsync("/model/metadata"), HttpStatusCode.NotFound);
    }

    private Task<HttpResponseMessage> PostAsync(params byte[][] images) => PostAsync(doors.Server, images);

    private static async Task<HttpResponseMessage> PostAsync(RunningServer server, params byte[][] images)
    {
        using var form = new MultipartFormDataContent();
        foreach (byte[] image in images)
            form.Add(new ByteArrayContent(image), "image", "photo.png");
        return await server.Client.PostAsync("/model/predict", form);
    }
}
